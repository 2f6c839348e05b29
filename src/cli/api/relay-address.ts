/** Where the relay is. Its address is never taken from a directory: a token is sent there. */
import type { CommandIo } from "../command-io.ts";
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";
import { parseAddress } from "../setup/addresses.ts";

const VARIABLE = "MERGE_RELAY_URL";

/** The relay's address from `--url` or `MERGE_RELAY_URL`; https, unless it is on this machine. */
export function findRelayUrl(io: CommandIo, given: string | undefined): string {
  const fromVariable = io.env[VARIABLE]?.trim() ?? "";
  const text = given ?? fromVariable;
  if (text === "") {
    throw new CommandProblem(
      `Where is the relay? Give --url https://YOUR-RELAY, or set ${VARIABLE}.`,
      EXIT.usage,
    );
  }
  return needSafe(parseAddress(text, given === undefined ? VARIABLE : "--url"));
}

/** Gives an address back if a token may be sent there. */
export function needSafe(address: string): string {
  const { protocol, hostname } = new URL(address);
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  if (protocol === "https:" || isLocal) return address;
  throw new CommandProblem(`A token is only sent by https, not to “${address}”.`, EXIT.usage);
}
