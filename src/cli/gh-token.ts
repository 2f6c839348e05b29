/** The token that GitHub's own tool keeps for a site, or a sentence that says why it gives none. */
import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { CommandIo } from "./command-io.ts";

export type GhAnswer =
  | { readonly kind: "token"; readonly value: string }
  /** To follow “because”; it quotes nothing of what gh printed, which may be a secret. */
  | { readonly kind: "none"; readonly why: string };

/** A keyring that waits for its password on another screen looks like this. */
const PATIENCE_MS = 10_000;
/** Where what an ended program printed is still on its way. */
const NOTHING = { out: "", error: "" };

/** Asks it, without a terminal, so that it can ask nobody. Never fails, and ends in time. */
export async function askGh(
  { env }: Pick<CommandIo, "env">,
  host: string,
  patienceMs = PATIENCE_MS,
): Promise<GhAnswer> {
  const child = spawn("gh", ["auth", "token", "--hostname", host], {
    env: { ...env, GH_PROMPT_DISABLED: "1", GH_NO_UPDATE_NOTIFIER: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ending = await endOf(child, patienceMs);
  if (ending.kind === "late") {
    return none(
      `gh auth token did not answer within ${patienceMs / 1_000} s (does its keyring wait for a password?)`,
    );
  }
  if (ending.kind === "unstartable") return none(whyUnstartable(ending.code));
  const value = ending.out.trim();
  if (ending.code !== 0) return none(whyRefused(ending, host));
  if (value === "") return none(`gh auth token printed nothing (sign in anew: ${signIn(host)})`);
  // What cannot be a header's value would be quoted in the error of whoever tries.
  if (!/^[\x21-\x7E]{1,8192}$/.test(value)) {
    return none("what gh auth token printed is no token: it has blanks or line breaks");
  }
  return { kind: "token", value };
}

type Ending =
  | { readonly kind: "late" }
  | { readonly kind: "unstartable"; readonly code: string }
  | {
      readonly kind: "ended";
      readonly code: number | null;
      readonly out: string;
      readonly error: string;
    };

async function endOf(child: ChildProcess, patienceMs: number): Promise<Ending> {
  const { stdout, stderr } = child;
  const printed = Promise.all([
    stdout === null ? "" : text(stdout),
    stderr === null ? "" : text(stderr),
  ]).then(
    ([out, error]) => ({ out, error }),
    () => NOTHING,
  );
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<Ending>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "late" }), patienceMs);
    child.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ kind: "unstartable", code: error.code ?? error.name }),
    );
    child.on(
      "close",
      (code) => void printed.then((all) => resolve({ kind: "ended", code, ...all })),
    );
  });
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
    // What it started itself may outlive it, and hold the pipes open.
    child.kill("SIGKILL");
    stdout?.destroy();
    stderr?.destroy();
    child.unref();
  }
}

function whyUnstartable(code: string): string {
  return code === "ENOENT"
    ? "gh is not installed (https://cli.github.com)"
    : `gh cannot be started (${code})`;
}

function whyRefused({ code, error }: { code: number | null; error: string }, host: string): string {
  if (/unknown (?:command|flag)/.test(error)) {
    return "gh is too old for gh auth token (update it: https://cli.github.com)";
  }
  if (/no oauth token|not logged in/i.test(error)) {
    return `gh is not signed in at ${host} (gh auth status says where it is; ${signIn(host)})`;
  }
  return `gh auth token failed (${code === null ? "it was killed" : `exit code ${code}`}; run it to see why)`;
}

function signIn(host: string): string {
  return host === "github.com" ? "gh auth login" : `gh auth login --hostname ${host}`;
}

function none(why: string): GhAnswer {
  return { kind: "none", why };
}
