import { randomBytes } from "node:crypto";
import { DEFAULT_ROUTE } from "../../../domain/configuration.ts";
import { unknown } from "../../check.ts";
import { describe, READ_RIGHTS } from "../../facts.ts";
import type { Check } from "../../patient.ts";
import { ownRoutes, routesOf } from "../../routes.ts";
import { needsRepository } from "../needs-repository.ts";
import { mustRefuse } from "./must-refuse.ts";

/** A token that may only read must not start a run. The ref cannot exist, so none starts anyway. */
export const readTokenDispatchCheck: Check = {
  name: "deep-read-token",
  title: "A reading token cannot dispatch",
  run: (patient) =>
    needsRepository(patient, async (whole) => {
      const { github } = whole;
      const token = await github.mint(READ_RIGHTS);
      if (token.kind !== "known") {
        return unknown({
          finding: `No token: ${describe(token)}.`,
          reason: "The probe needs one.",
        });
      }
      const [route = DEFAULT_ROUTE] = ownRoutes(await routesOf(whole));
      const answer = await github.send({
        method: "POST",
        path: `${github.place}/actions/workflows/${encodeURIComponent(route.workflow)}/dispatches`,
        token: token.value,
        body: { ref: `merge-relay-probe-${randomBytes(8).toString("hex")}` },
      });
      return mustRefuse(answer, 403, {
        what: "a dispatch with a token narrowed to reading",
        reason: "The relay's reading token can do more than read: a leak of it would be a push.",
        remedy:
          "Look whether the API at GITHUB_API_URL is GitHub's own; report this with the GitHub version.",
      });
    }),
};
