/** Gets the manifest's code from a person's browser: by the local page, or by pasting. */
import { askText } from "../ask.ts";
import { CommandProblem } from "../command-problem.ts";
import {
  type CallbackServer,
  isCode,
  isSameState,
  startCallbackServer,
} from "./callback-server.ts";
import { buildManifest, type ManifestOrder } from "./manifest.ts";
import { toDataAddress } from "./start-page.ts";
import type { World } from "./world.ts";

export interface CodeOrder extends Omit<ManifestOrder, "redirectUrl"> {
  readonly webUrl: string;
  /** The organization that shall own the App; null: the person who is signed in. */
  readonly organization: string | null;
  /** How long to wait for the browser. */
  readonly waitSeconds: number;
}

/** The code, good once and for an hour. */
export async function getCode(world: World, order: CodeOrder): Promise<string> {
  const server = await startCallbackServer();
  try {
    const manifest = buildManifest({ ...order, redirectUrl: server.redirectUrl });
    const owner =
      order.organization === null ? "" : `/organizations/${encodeURIComponent(order.organization)}`;
    const page = {
      action: `${order.webUrl}${owner}/settings/apps/new?state=${server.state}`,
      manifest,
    };
    server.show(page);
    await tell(world, server.startUrl, toDataAddress(page));
    return await firstOf(world, server, order.waitSeconds);
  } finally {
    await server.close();
  }
}

async function tell(world: World, startUrl: string, dataAddress: string): Promise<void> {
  const { say } = world;
  if (await world.openBrowser(startUrl)) {
    say.note("Your browser shows GitHub's page for the new App: press “Create GitHub App” there.");
    say.note(`If it did not open: ${startUrl}`);
    return;
  }
  say.note(
    `Open this in a browser on this machine, and press “Create GitHub App”:\n    ${startUrl}`,
  );
  say.note(
    "No browser here (SSH)? Paste this into the address bar of the one that you have instead. It " +
      "ends at a page that cannot be shown: copy that page's address, and paste it here.\n    " +
      dataAddress,
  );
}

async function firstOf(world: World, server: CallbackServer, seconds: number): Promise<string> {
  const ended = new AbortController();
  const late = world.sleep(seconds * 1000, ended.signal).then(() => null);
  const ways: Promise<string | null>[] = [server.code, late];
  if (world.io.interactive) ways.push(askForAddress(world, server.state, ended.signal));
  let code: string | null;
  try {
    code = await Promise.race(ways);
  } finally {
    ended.abort();
  }
  if (code !== null) return code;
  throw new CommandProblem(
    `No answer from the browser in ${seconds} s. Run it again: nothing was made, or what was made can be deleted under Settings → Developer settings → GitHub Apps.`,
  );
}

async function askForAddress(world: World, state: string, signal: AbortSignal): Promise<string> {
  const pasted = await askText(world.io, {
    message: "Waiting for the browser. Or paste the address (or the code) that it ended at:",
    proposal: "",
    option: "--code CODE",
    refuse: (text) =>
      readPasted(text, state) === null
        ? "That holds no code, or is the answer to another attempt."
        : undefined,
    ended:
      "no App was set up by this, and what was there before is kept. Run it again, and it goes on here. (An App that GitHub says it made meanwhile: delete it there, since nobody has its key.)",
    signal,
  });
  return readPasted(pasted, state) ?? "";
}

/** The code of a pasted address with the right state, or a code alone; else null. */
export function readPasted(pasted: string, state: string): string | null {
  const words = pasted.trim();
  if (!URL.canParse(words)) return isCode(words) ? words : null;
  const { searchParams } = new URL(words);
  const code = searchParams.get("code") ?? "";
  return isCode(code) && isSameState(searchParams.get("state") ?? "", state) ? code : null;
}
