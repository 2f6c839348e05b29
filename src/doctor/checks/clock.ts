import { failed, ok, skipped, unknown, warning } from "../check.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";

/** Auth libraries date the App's token 30 s back; a clock further ahead signs in the future. */
const TOLERATED_SECONDS = 30;
const WORTH_SAYING_SECONDS = 10;

/** Whether this machine's clock agrees with GitHub's: an App's token lives for minutes. */
export const clockCheck: Check = {
  name: "clock",
  title: "Clock",
  async run({ github, ports }) {
    const before = ports.now();
    const answer = await github.send({ path: "/meta", token: "" });
    const after = ports.now();
    if (answer.kind === "unreachable") {
      return unknown({
        finding: `GitHub did not answer (${answer.cause}).`,
        reason: `Nothing can be asked at ${github.api}.`,
        remedy: "Check the network, a proxy, and GITHUB_API_URL.",
      });
    }
    const date = Date.parse(answer.headers["date"] ?? "");
    if (Number.isNaN(date)) return skipped("GitHub's answer has no date to compare with.");
    // The header has whole seconds: half of one is added.
    const seconds = Math.round(((before + after) / 2 - (date + 500)) / 1000);
    return judge(seconds);
  },
};

function judge(seconds: number) {
  const size = Math.abs(seconds);
  const finding = `This machine's clock is ${size} s ${seconds < 0 ? "behind" : "ahead of"} GitHub's.`;
  const reason = "GitHub refuses an App's token that is dated in the future or has run out.";
  const remedy =
    "Set the clock, best by NTP: `timedatectl set-ntp true`, or the system's settings.";
  if (size > TOLERATED_SECONDS) return failed({ finding, reason, remedy, link: LINKS.jwt });
  if (size > WORTH_SAYING_SECONDS) return warning({ finding, reason, remedy, link: LINKS.jwt });
  return ok(`The clock agrees with GitHub's (${size} s apart).`);
}
