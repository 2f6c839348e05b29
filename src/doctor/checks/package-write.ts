import { failed, ok, skipped, unknown, type Verdict } from "../check.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import type { HttpAnswer } from "../ports.ts";
import { type ImagePlace, placeOf, probePush } from "../registry.ts";
import { imageElsewhere, imageOf, ownRoutes, routesOf } from "../routes.ts";
import { needsRepository, type WithRepository } from "./needs-repository.ts";
import { worstOf } from "./worst-of.ts";

/** Whether a push to the name of each route's image would be let in, by opening an upload and dropping it. */
export const packageWriteCheck: Check = {
  name: "package-write",
  title: "Writing the package",
  run: (patient) =>
    needsRepository(patient, async (whole) => {
      const { registry } = whole;
      if (registry === null) {
        return skipped(
          "No registry credential to try with; nothing was written.",
          "Give --registry-user and REGISTRY_TOKEN in the environment (a classic token with write:packages). Inside a workflow GITHUB_TOKEN does.",
        );
      }
      const routes = await routesOf(whole);
      const images = new Set(ownRoutes(routes).map((one) => imageOf(one, whole)));
      if (images.size === 0) return skipped(imageElsewhere(routes));
      const places = [...images].map(placeOf);
      return worstOf(
        await Promise.all(
          places.map(async (place) =>
            judge(whole, place, await probePush(whole.ports, place, registry)),
          ),
        ),
      );
    }),
};

function judge(patient: WithRepository, place: ImagePlace, answer: HttpAnswer): Verdict {
  const image = `${place.host}/${place.name}`;
  if (answer.kind === "unreachable") {
    return unknown({
      finding: `${place.host}: ${answer.cause}.`,
      reason: "The probe got no answer.",
    });
  }
  if (answer.status === 202) return ok(`${image} may be pushed with this credential.`);
  if (answer.status === 401) {
    return failed({
      finding: `${place.host} does not accept the credential (401).`,
      reason: "It is wrong, has run out, or lacks the scope write:packages.",
      remedy:
        "Make a new one; for ghcr.io a classic token with write:packages, or a workflow's GITHUB_TOKEN.",
      link: LINKS.packages,
    });
  }
  if (answer.status === 403) {
    return failed({
      finding: `${image} refuses a push by this credential (403).`,
      reason: "The package exists and does not grant this repository (or person) to write.",
      remedy: `Package settings of ${place.name.split("/").at(-1)} → “Manage Actions access” → add ${patient.fullName} with the role Write. If the package belongs to another repository, link it.`,
      link: LINKS.packages,
    });
  }
  return unknown({
    finding: `${place.host} answers ${answer.status} to the probe.`,
    reason: "Only 202 says that a push may begin; 401 and 403 that it may not.",
  });
}
