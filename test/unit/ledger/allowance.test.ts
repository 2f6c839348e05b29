import { expect, test } from "vitest";
import { AlarmFull, NEXT_ALARM } from "../../../src/domain/alarm-full.ts";
import type { GitHub } from "../../../src/domain/ports.ts";
import { CallMeter } from "../../../src/ledger/allowance.ts";
import { CarriedAnswers } from "../../../src/ledger/carried-answers.ts";
import { correspond } from "../../../src/ledger/correspondence.ts";
import { runDue } from "../../../src/ledger/runner.ts";
import { shaOf } from "../../worker/fake-github.ts";
import { Life } from "./life.ts";

const MOST = 50;

/** A life whose every question of GitHub leaves through a meter, and the requests of each alarm. */
class MeteredLife extends Life {
  readonly perAlarm: number[] = [];
  readonly #carried = new CarriedAnswers();
  #sent = 0;
  readonly #meter = new CallMeter(() => {
    this.#sent += 1;
    return Promise.resolve(new Response());
  });

  async alarm(ms: number): Promise<void> {
    this.now += ms;
    const before = this.#sent;
    await this.#meter.limit(async (allowance) => {
      const desk = {
        ...this.desk(),
        allowance,
        carried: this.#carried,
        github: this.#metered(),
      };
      await runDue(desk, () => undefined);
      await correspond(desk);
    });
    this.perAlarm.push(this.#sent - before);
  }

  async alarmsUntilDispatched(most: number): Promise<void> {
    for (let count = 0; count < most && this.github.posts.length === 0; count++) {
      await this.alarm(10_000);
    }
  }

  #metered(): GitHub {
    return new Proxy<GitHub>(this.github, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target) as unknown;
        if (typeof member !== "function") return member;
        return async (...about: unknown[]): Promise<unknown> => {
          try {
            await this.#meter.fetch("https://github.test");
          } catch (error) {
            if (error instanceof AlarmFull) return NEXT_ALARM;
            throw error;
          }
          return Reflect.apply(member, target, about) as unknown;
        };
      },
    });
  }
}

const WITH_TAGS = `version: 1
routes:
  - name: app
    on: [tag]
    branches: ["release/*"]
    tags: ["v*"]
`;

test("dispatches a tag that only the sixtieth branch reaches, with at most 50 requests in any alarm", async () => {
  const life = new MeteredLife();
  life.github.configure(WITH_TAGS);
  for (let branch = 1; branch <= 60; branch++) {
    const commits = branch === 60 ? [shaOf(7)] : [];
    life.github.branchCommits.set(`release/${branch}`, new Set(commits));
  }
  life.github.tags.set("v1", shaOf(7));
  life.deliver({ kind: "tag", tag: "v1" }, "guid-1");
  await life.alarmsUntilDispatched(8);
  expect(life.github.posts.map(({ request }) => request.inputs["branch"])).toEqual(["release/60"]);
  expect(Math.max(...life.perAlarm)).toBeLessThanOrEqual(MOST);
  expect(life.perAlarm.length).toBeGreaterThan(1);
  expect(life.bugs).toEqual([]);
});

const WITH_PATHS = `version: 1
routes:
  - name: app
    paths: ["last/**"]
`;

test("looks at 3,000 changed files of each of six merges, with at most 50 requests in any alarm", async () => {
  const life = new MeteredLife();
  life.github.configure(WITH_PATHS);
  const paths = Array.from({ length: 2_999 }, (_, index) => `first/${index}`);
  life.github.changed = { paths: [...paths, "last/one"], complete: true };
  for (let number = 1; number <= 6; number++) {
    life.merge(number);
    life.deliverMerge(number, `guid-${number}`);
  }
  for (let count = 0; count < 40 && life.github.posts.length < 6; count++) {
    await life.alarm(10_000);
  }
  const built = life.github.posts.map(({ request }) => Number(request.inputs["pr"]));
  expect(built.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(Math.max(...life.perAlarm)).toBeLessThanOrEqual(MOST);
  expect(life.bugs).toEqual([]);
});

test("counts what one alarm keeps back as no attempt: it never exhausts a dispatch", async () => {
  const life = new MeteredLife();
  life.github.configure(WITH_PATHS);
  life.github.changed = {
    paths: Array.from({ length: 2_500 }, () => "last/one"),
    complete: true,
  };
  for (let number = 1; number <= 4; number++) {
    life.merge(number);
    life.deliverMerge(number, `guid-${number}`);
  }
  await life.alarm(0);
  const waiting = life.rows().filter(({ state }) => state === "waiting");
  expect(waiting.length).toBeGreaterThan(0);
  expect(waiting.map(({ attempts }) => attempts)).toEqual(waiting.map(() => 0));
});

test("keeps what another invocation sends out of an alarm's count", async () => {
  let sent = 0;
  const meter = new CallMeter(() => {
    sent += 1;
    return Promise.resolve(new Response());
  });
  await meter.limit(async (allowance) => {
    const all = Array.from({ length: 60 }, () => meter.fetch("https://github.test"));
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(12);
    expect(allowance.left()).toBe(0);
    // An alert still leaves.
    await meter.urgent("https://alert.test");
  });
  await meter.fetch("https://github.test");
  expect(sent).toBe(50);
});
