/** What a long command tells of its progress; secrets that it knows never come through. */
import { styleText } from "node:util";
import { stripControls } from "../../doctor/diagnosis/clean-text.ts";
import type { CommandIo } from "../command-io.ts";

type Style = Parameters<typeof styleText>[0];

export interface Narrator {
  /** A step begins. */
  step(text: string): void;
  /** Something was proved or done. */
  done(text: string): void;
  /** Something that the reader must know or do. */
  note(text: string): void;
  /** A last line of defence: whatever holds this value is printed without it. */
  hide(secret: string): void;
}

const SHORTEST_SECRET = 8;

/** Writes to stdout; with `json`, to stderr, since stdout is for the result. */
export function createNarrator(io: CommandIo, json: boolean): Narrator {
  const secrets = new Set<string>();
  const write = (text: string): void => (json ? io.writeError(text) : io.writeOut(text));
  const line = (mark: string, style: Style, text: string): void => {
    let clean = text.split("\n").map(stripControls).join("\n");
    for (const secret of secrets) clean = clean.replaceAll(secret, "[redacted]");
    const painted = io.colour && !json ? styleText(style, mark, { validateStream: false }) : mark;
    write(`${painted} ${clean}\n`);
  };
  return {
    step: (text) => line("\n◆", "cyan", text),
    done: (text) => line("  ✔", "green", text),
    note: (text) => line("  ·", "dim", text),
    hide(secret) {
      if (secret.length < SHORTEST_SECRET) return;
      secrets.add(secret);
      // A key also line by line, should anything print a part of it.
      for (const part of secret.split(/\n|\\n/)) {
        if (part.length >= 32 && !part.startsWith("-----")) secrets.add(part);
      }
    },
  };
}
