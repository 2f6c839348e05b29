/** Arguments that name places: refused early, and with what was meant. */
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";

/** `owner/name` in two parts. */
export function parseRepository(text: string): { owner: string; name: string } {
  const [, owner, name] =
    /^(?:https?:\/\/[^/]+\/)?([A-Za-z0-9_-]+)\/([A-Za-z0-9._-]+?)(?:\.git)?\/?$/.exec(text) ?? [];
  if (owner !== undefined && name !== undefined) return { owner, name };
  throw new CommandProblem(`“${text}” is no repository. Write it as OWNER/NAME.`, EXIT.usage);
}

/** An http(s) address without a trailing slash, query or credential. */
export function parseAddress(text: string, option: string): string {
  const address = readAddress(text);
  if (address !== null) return address;
  throw new CommandProblem(
    `${option} needs an address such as https://relay.example.com.`,
    EXIT.usage,
  );
}

/** The same; null for what is none. */
export function readAddress(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  const rest = url === null ? "" : `${url.username}${url.password}${url.search}${url.hash}`;
  const isAddress = url !== null && /^https?:$/.test(url.protocol) && rest === "";
  return isAddress ? text.replace(/\/+$/, "").replace(/\/webhooks\/github$/, "") : null;
}
