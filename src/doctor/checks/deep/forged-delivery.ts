import { randomBytes } from "node:crypto";
import type { Check } from "../../patient.ts";
import { relayUrlOf } from "../../relay-place.ts";
import { sendPing } from "../../signed-ping.ts";
import { mustRefuse } from "./must-refuse.ts";

/** What was signed with another secret must be refused. */
export const forgedDeliveryCheck: Check = {
  name: "deep-forged",
  title: "Refuses a wrongly signed delivery",
  async run(patient) {
    const url = await relayUrlOf(patient);
    const secret = randomBytes(32).toString("hex");
    const answer = url === null ? null : await sendPing(patient.ports, url, secret);
    return mustRefuse(answer, 401, {
      what: "a delivery signed with a random secret",
      reason: "The signature is not looked at, so anybody could tell it of merges.",
      remedy:
        "This is not a relay as it was released: deploy it again with `npm run deploy`, and see who answers at that address.",
    });
  },
};
