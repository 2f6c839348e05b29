import type { Check } from "../../patient.ts";
import { relayUrlOf } from "../../relay-place.ts";
import { mustRefuse } from "./must-refuse.ts";

/** The API must not answer to nobody. */
export const anonymousApiCheck: Check = {
  name: "deep-anonymous-api",
  title: "Refuses an anonymous API call",
  async run(patient) {
    const url = await relayUrlOf(patient);
    const { owner, name } = patient.repository ?? { owner: "octocat", name: "hello-world" };
    const path = `/api/v1/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/dispatches`;
    const answer =
      url === null ? null : await patient.ports.send({ method: "GET", url: `${url}${path}` });
    return mustRefuse(answer, 401, {
      what: "a question to the API without a token",
      reason: "What was dispatched, in private repositories too, would be there for everybody.",
      remedy:
        "See what is in front of the relay (a proxy that adds a token?), then deploy it again with `npm run deploy`.",
    });
  },
};
