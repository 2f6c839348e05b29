/** Opens a page for the person at this machine, where that makes sense. */
import open from "open";
import type { CommandIo } from "../command-io.ts";

/** False over SSH, without a terminal or a display, or if nothing could be started. */
export async function openBrowser({ interactive, env }: CommandIo, url: string): Promise<boolean> {
  const isRemote = (env["SSH_CONNECTION"] ?? "") !== "";
  const hasDisplay =
    process.platform !== "linux" || (env["DISPLAY"] ?? env["WAYLAND_DISPLAY"] ?? "") !== "";
  if (!interactive || isRemote || !hasDisplay) return false;
  try {
    const child = await open(url);
    child.on("error", () => undefined);
    return true;
  } catch {
    return false;
  }
}
