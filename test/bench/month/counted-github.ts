/** The ledger's port on a GitHub of plain data, with a meter on what it would cost over HTTP. */
import type { GitHub } from "../../../src/domain/ports.ts";
import type { FakeGitHub } from "../../worker/fake-github.ts";
import type { Purpose, Tally } from "./tally.ts";

/** An object that was not called for so long is out of memory, and its tokens with it. */
const EVICTED_AFTER_MS = 100_000;
const TOKEN_MS = 59 * 60_000;

interface Cost {
  readonly purpose: Purpose;
  readonly scope: "read" | "dispatch" | "checks" | "comments";
  readonly points: 1 | 5;
  /** Asked with the tag of the answer before. */
  readonly conditional?: boolean;
}

const read = (purpose: Purpose): Cost => ({ purpose, scope: "read", points: 1 });
const COSTS: Readonly<Partial<Record<keyof GitHub, Cost>>> = {
  locate: read("merge"),
  pullRequest: read("merge"),
  ancestry: read("merge"),
  file: { ...read("merge"), conditional: true },
  workflow: { ...read("merge"), conditional: true },
  dispatch: { purpose: "merge", scope: "dispatch", points: 5 },
  run: read("follow"),
  runsSince: read("follow"),
  mergedPulls: read("scan"),
  createCheck: { purpose: "report", scope: "checks", points: 5 },
  updateCheck: { purpose: "report", scope: "checks", points: 5 },
  findCheck: { purpose: "report", scope: "checks", points: 1 },
  createComment: { purpose: "report", scope: "comments", points: 5 },
  updateComment: { purpose: "report", scope: "comments", points: 5 },
  findComment: { purpose: "report", scope: "comments", points: 1 },
};

/** The same answers; every call is noted. */
export function countedGitHub(
  github: FakeGitHub,
  about: { readonly installationId: number; readonly now: () => number; readonly tally: Tally },
): GitHub {
  const { installationId, now, tally } = about;
  const tokens = new Map<string, number>();
  const tagged = new Set<string>();
  let calledAt = Number.NEGATIVE_INFINITY;

  function note(name: string, { purpose, scope, points, conditional }: Cost): void {
    const at = now();
    if (at - calledAt > EVICTED_AFTER_MS) tokens.clear();
    calledAt = at;
    if (at - (tokens.get(scope) ?? Number.NEGATIVE_INFINITY) > TOKEN_MS) {
      tokens.set(scope, at);
      tally.ask({ installationId, at, purpose: "token", points: 5 });
      if (scope === "read") tagged.clear();
    }
    const isUnchanged = conditional === true && tagged.has(name);
    // A file that is not there has no tag: no repository of this month has a configuration.
    if (name === "workflow") tagged.add(name);
    tally.ask({ installationId, at, purpose, points: isUnchanged ? 0 : points });
  }

  return new Proxy(github, {
    get(target, name: string) {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function") return member;
      const cost = COSTS[name as keyof GitHub];
      return (...parameters: unknown[]): unknown => {
        if (cost !== undefined) note(name, cost);
        return Reflect.apply(member, target, parameters);
      };
    },
  });
}
