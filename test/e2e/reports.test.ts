/** Comments, buttons, check runs and the comment, over the built Worker and the simulated GitHub. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Place } from "./support/place.ts";
import { type Rig, startRig } from "./support/relay.ts";
import { waitFor } from "./support/wait-for.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ REPORT_CHECKS: "on", REPORT_COMMENTS: "on" });
});

afterAll(async () => {
  expect(rig.simulator.unknownRequests()).toEqual([]);
  await rig.close();
});

function reporting() {
  const place = rig.place();
  const { world } = rig.simulator;
  const { state } = world;
  place.repository.roles.set("maria", "maintain");
  return {
    place,
    own: () =>
      [...state.comments.values()].filter((one) => one.repositoryId === place.id && one.byApp),
    checks: () => [...state.checkRuns.values()].filter((one) => one.repositoryId === place.id),
    say: (number: number, login: string, body: string) =>
      world.comment(place.id, number, login, body),
  };
}

const calls = (place: Place) =>
  place.requests().filter(({ path }) => /check-runs|\/issues\//.test(path));

describe.concurrent("a maintainer", () => {
  test("publishes again by a comment; the one comment goes from failed to succeeded", async () => {
    const { place, own, checks, say } = reporting();
    rig.simulator.world.scriptRuns(place.id, [{ conclusion: "failure" }]);
    const { number } = place.merge();
    await place.settled();
    const [told] = await waitFor("the comment", () => (own().length > 0 ? own() : null));
    expect(told!.body).toContain("failed");
    const command = say(number, "maria", "/publish\nthanks");
    await place.settled(2);
    await waitFor("the news", () => own()[0]!.body.includes("`succeeded` (2)"));
    // Comment and check are told beside each other, in either order.
    await waitFor("the checks", () => {
      const ended = checks().filter(({ status }) => status === "completed");
      return ended.length === 2;
    });
    await waitFor("the reaction", () => command.reactions.length > 0);
    expect(own()).toHaveLength(1);
    expect(checks().map(({ conclusion }) => conclusion)).toEqual(["failure", "success"]);
    expect(checks()[1]!.actions.map(({ identifier }) => identifier)).toEqual(["publish-again"]);
    expect(command.reactions.map(({ content }) => content)).toEqual(["eyes"]);
    // Nothing is written with more than the one right that it needs.
    const rights = new Set(
      calls(place).map(({ scope }) =>
        Object.entries("permissions" in scope ? scope.permissions : {})

          .map(([name, level]) => `${name} ${level}`)
          .toSorted((a, b) => (a < b ? -1 : 1))
          .join(","),
      ),
    );
    expect(rights).toEqual(
      new Set(["checks write,metadata read", "metadata read,pull_requests write"]),
    );
  });

  test("gets the rules explained for a route that is not there", async () => {
    const { place, own, say } = reporting();
    const { number } = place.merge();
    await place.settled();
    const command = say(number, "maria", "/publish nope");
    await waitFor("the answer", () => own()[0]?.body.includes("nope") ?? null);
    await waitFor("the reaction", () => command.reactions.length > 0);
    expect(command.reactions.map(({ content }) => content)).toEqual(["confused"]);
    expect(place.dispatches()).toHaveLength(1);
  });
});

describe.concurrent("what is no command of a maintainer", () => {
  test("a stranger's leads to no answer and no dispatch", async () => {
    const { place, say } = reporting();
    const { number } = place.merge();
    await place.settled();
    const command = say(number, "stranger", "/publish");
    await waitFor("the question", () =>
      place.requests().some(({ path }) => path.endsWith("/collaborators/stranger/permission")),
    );
    await rig.simulator.idle();
    expect(command.reactions).toEqual([]);
    expect(place.dispatches()).toHaveLength(1);
  });

  test("an edited one is ignored, and the same delivery twice counts once", async () => {
    const { place, say } = reporting();
    const { world, deliveries } = rig.simulator;
    const { number } = place.merge();
    await place.settled();
    say(number, "maria", "/publish");
    const event = deliveries.events.findLast(
      (one) => one.name === "issue_comment" && one.repositoryId === place.id,
    )!;
    const edited = { ...event, payload: { ...event.payload, action: "edited" } };
    expect((await rig.post(world.buildDelivery(edited))).body).toMatchObject({
      outcome: "ignored",
    });
    await place.settled(2);
    expect((await rig.post(world.buildDelivery(event))).body).toMatchObject({
      outcome: "duplicate",
    });
    expect(place.dispatches()).toHaveLength(2);
  });

  test("a button pressed by a person whose permission was removed", async () => {
    const { place, checks } = reporting();
    place.merge();
    await place.settled();
    const [check] = await waitFor("the check", () =>
      checks()[0]?.status === "completed" ? checks() : null,
    );
    place.repository.roles.delete("maria");
    rig.simulator.world.pressCheckAction(check!.id, "publish-again", "maria");
    await waitFor("the question", () =>
      place.requests().some(({ path }) => path.endsWith("/collaborators/maria/permission")),
    );
    place.repository.roles.set("maria", "maintain");
    expect(place.dispatches()).toHaveLength(1);
    rig.simulator.world.pressCheckAction(check!.id, "publish-again", "maria");
    await place.settled(2);
    expect(place.dispatches()).toHaveLength(2);
  });
});

describe.concurrent("GitHub's own Re-run of our check run", () => {
  test("publishes again for a maintainer, for nobody else, and leaves no check run open", async () => {
    const { place, checks } = reporting();
    const { world } = rig.simulator;
    world.scriptRuns(place.id, [{ conclusion: "failure" }]);
    place.merge();
    await place.settled();
    const [check] = await waitFor("the check", () =>
      checks()[0]?.status === "completed" ? checks() : null,
    );
    const told = () =>
      calls(place).filter(
        ({ method, path }) => method === "PATCH" && path.endsWith(`/${check!.id}`),
      ).length;
    const before = told();
    world.rerunCheck(check!.id, "stranger");
    await waitFor("the old word again", () => told() > before);
    expect(place.dispatches()).toHaveLength(1);
    world.rerunCheck(check!.id, "maria");
    await place.settled(2);
    await waitFor("the new check", () => checks()[1]?.status === "completed");
    expect(checks().map(({ conclusion }) => conclusion)).toEqual(["failure", "success"]);
    expect(place.dispatches()).toHaveLength(2);
  });
});

describe.concurrent("GitHub's own Re-run all checks", () => {
  test("publishes the commit again for a maintainer, for nobody else", async () => {
    const { place, checks } = reporting();
    const { world } = rig.simulator;
    world.scriptRuns(place.id, [{ conclusion: "failure" }]);
    place.merge();
    await place.settled();
    const [check] = await waitFor("the check", () =>
      checks()[0]?.status === "completed" ? checks() : null,
    );
    world.rerunSuite(check!.id, "stranger");
    await waitFor("the question", () =>
      place.requests().some(({ path }) => path.endsWith("/collaborators/stranger/permission")),
    );
    expect(place.dispatches()).toHaveLength(1);
    world.rerunSuite(check!.id, "maria");
    await place.settled(2);
    await waitFor("the new check", () => checks()[1]?.status === "completed");
    expect(checks().map(({ conclusion }) => conclusion)).toEqual(["failure", "success"]);
  });
});

test("a dispatch costs the same six calls with reports as without, and none of theirs before it", async () => {
  const { place, own, checks } = reporting();
  place.merge();
  await place.settled();
  await waitFor("the reports", () => own().length > 0 && checks()[0]?.status === "completed");
  const before = place.requests().length;
  place.merge();
  await place.settled(2);
  const asked = place.requests().slice(before);
  const sent = asked.findIndex(({ path }) => path.endsWith("/dispatches"));
  expect(sent).toBe(5);
  expect(asked.slice(0, sent).some(({ path }) => /check-runs|\/issues\//.test(path))).toBe(false);
});

describe.concurrent("a GitHub that takes no reports", () => {
  test.each([
    ["lacks the permission", { kind: "status", status: 403, body: { message: "no" } }],
    ["breaks", { kind: "html-502" }],
    ["limits them", { kind: "rate-limit", shape: "secondary" }],
  ] as const)("because it %s leaves the dispatch alone", async (_, action) => {
    const { place } = reporting();
    place.fault("/check-runs.*", action as never);
    place.fault("/issues/.*", action as never);
    place.merge();
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "succeeded" });
    expect(place.dispatches()).toHaveLength(1);
    expect(place.posts()).toHaveLength(1);
  });

  test("or loses the answer to what it did is told once", async () => {
    const { place, own, checks } = reporting();
    place.fault("/check-runs", { kind: "reset", when: "after" }, { times: 1, method: "POST" });
    place.fault(
      "/issues/\\d+/comments",
      { kind: "reset", when: "after" },
      { times: 1, method: "POST" },
    );
    place.merge();
    await place.settled();
    await waitFor("the end", () => checks()[0]?.status === "completed" && own().length > 0);
    await waitFor("the look", () =>
      calls(place).some(({ method, path }) => method === "GET" && path.includes("/issues/")),
    );
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(own()).toHaveLength(1);
    expect(checks()).toHaveLength(1);
  });
});
