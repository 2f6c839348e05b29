import type { Check } from "../../patient.ts";
import { relayUrlOf } from "../../relay-place.ts";
import { sendPing } from "../../signed-ping.ts";
import { mustRefuse } from "./must-refuse.ts";

/** What nobody signed must be refused. */
export const unsignedDeliveryCheck: Check = {
  name: "deep-unsigned",
  title: "Refuses an unsigned delivery",
  async run(patient) {
    const url = await relayUrlOf(patient);
    const answer = url === null ? null : await sendPing(patient.ports, url, null);
    return mustRefuse(answer, 401, {
      what: "a delivery without a signature",
      reason: "Anybody could tell it of merges. (It still proves each one with GitHub.)",
      remedy:
        "This is not a relay as it was released: deploy it again with `npm run deploy`, and see who answers at that address.",
    });
  },
};
