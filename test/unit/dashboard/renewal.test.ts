/** Several tabs, one refresh token that GitHub takes once. */
import { expect, test } from "vitest";
import type { GrantAnswer } from "../../../src/dashboard/session/github-sign-in.ts";
import { createRenewal } from "../../../src/dashboard/session/renewal.ts";
import { createSealer } from "../../../src/dashboard/session/seal.ts";
import type { Session } from "../../../src/dashboard/session/session.ts";

const NOW = 1_000_000;
const SESSION: Session = {
  token: "ghu_old",
  tokenEndsAt: NOW,
  refreshToken: "ghr_one",
  login: "maria",
  id: 7,
  endsAt: NOW + 3_600_000,
  nonce: "n1",
};

/** A GitHub that takes each refresh token once, and answers a little later. */
function scene(change: { lifeMs?: number; first?: GrantAnswer } = {}) {
  const used = new Set<string>();
  const time = { now: NOW };
  let asked = 0;
  const refresh = async (refreshToken: string): Promise<GrantAnswer> => {
    asked += 1;
    const isFirst = asked === 1;
    const isUsed = used.has(refreshToken);
    used.add(refreshToken);
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (isFirst && change.first) return change.first;
    if (isUsed) return { kind: "refused" };
    const tokenEndsAt = time.now + (change.lifeMs ?? 28_800_000);
    return { kind: "granted", grant: { token: "ghu_new", tokenEndsAt, refreshToken: "ghr_two" } };
  };
  const sealer = createSealer("a secret that nobody knows, in this test");
  const renew = createRenewal({ gitHub: { refresh }, sealer, now: () => time.now, timeoutMs: 500 });
  return { renew, time, asked: () => asked };
}

test("tabs that come at once share one exchange", async () => {
  const { renew, asked } = scene();
  const sessions = await Promise.all([renew(SESSION), renew(SESSION), renew(SESSION)]);
  expect(asked()).toBe(1);
  for (const session of sessions) {
    expect(session).toEqual({
      ...SESSION,
      token: "ghu_new",
      tokenEndsAt: NOW + 28_800_000,
      refreshToken: "ghr_two",
    });
  }
});

test("a tab that comes within a minute gets what the other one got; later GitHub is asked", async () => {
  const { renew, time, asked } = scene();
  await renew(SESSION);
  time.now += 59_000;
  expect(await renew(SESSION)).toMatchObject({ token: "ghu_new" });
  time.now += 2_000;
  expect(await renew(SESSION)).toBeNull();
  expect(asked()).toBe(2);
});

test("another person's refresh token has nothing to do with it", async () => {
  const { renew, asked } = scene();
  await Promise.all([renew(SESSION), renew({ ...SESSION, refreshToken: "ghr_other" })]);
  expect(asked()).toBe(2);
});

test("what was given and is over already is not given again", async () => {
  const { renew } = scene({ lifeMs: 30_000 });
  await renew(SESSION);
  expect(await renew(SESSION)).toBeNull();
});

test("a GitHub that was away is asked again by the one who waited", async () => {
  const { renew, asked } = scene({ first: { kind: "later" } });
  const answers = await Promise.all([renew(SESSION), renew(SESSION)]);
  expect(asked()).toBe(2);
  // Which of the two came first is decided by the threads that digest their tokens.
  expect(answers).toHaveLength(2);
  expect(answers).toEqual(expect.arrayContaining(["later", null]));
});

test("a session without a refresh token is not renewed", async () => {
  const { renew, asked } = scene();
  expect(await renew({ ...SESSION, refreshToken: null })).toBeNull();
  expect(asked()).toBe(0);
});
