/** What cannot be looked at is never told as well, and GitHub's own trouble never as a fault of the set-up. */
import { expect, test } from "vitest";
import { failed, ok, skipped, unknown, warning } from "../../../src/doctor/check.ts";
import { appEventsCheck } from "../../../src/doctor/checks/app-events.ts";
import { appKeyCheck } from "../../../src/doctor/checks/app-key.ts";
import { configurationCheck } from "../../../src/doctor/checks/configuration.ts";
import { anonymousApiCheck } from "../../../src/doctor/checks/deep/anonymous-api.ts";
import { forgedDeliveryCheck } from "../../../src/doctor/checks/deep/forged-delivery.ts";
import { readTokenDispatchCheck } from "../../../src/doctor/checks/deep/read-token-dispatch.ts";
import { unsignedDeliveryCheck } from "../../../src/doctor/checks/deep/unsigned-delivery.ts";
import { deliveriesCheck } from "../../../src/doctor/checks/deliveries.ts";
import { installationCheck } from "../../../src/doctor/checks/installation.ts";
import { webhookSecretCheck } from "../../../src/doctor/checks/webhook-secret.ts";
import { workflowEnabledCheck } from "../../../src/doctor/checks/workflow-enabled.ts";
import { workflowFileCheck } from "../../../src/doctor/checks/workflow-file.ts";
import { workflowInputsCheck } from "../../../src/doctor/checks/workflow-inputs.ts";
import { worstOf } from "../../../src/doctor/checks/worst-of.ts";
import { answer, openClinic, RELAY, WORKFLOW, WORKFLOW_PATH } from "./support/clinic.ts";

const AT_THE_RELAY = [unsignedDeliveryCheck, forgedDeliveryCheck, anonymousApiCheck];
const ABOUT_GITHUB = [
  ["", appKeyCheck],
  ["", appEventsCheck],
  ["/hook/deliveries", deliveriesCheck],
] as const;
const ABOUT_REPOSITORY = [
  ["/installation", installationCheck],
  ["", configurationCheck],
  [`/contents/${WORKFLOW_PATH}`, workflowFileCheck],
  ["/actions/workflows/publish-image.yml", workflowEnabledCheck],
] as const;

const problem = (finding: string) => ({ finding, reason: "r", remedy: "d" });

test("of many workflows the worst stands for all, and what is well is told once each", () => {
  const all = [
    ok("one"),
    skipped("left out"),
    warning(problem("odd")),
    unknown(problem("dark")),
    failed(problem("bad")),
  ];
  for (let count = all.length; count > 0; count--) {
    const few = all.slice(0, count);
    expect(worstOf(few)).toEqual(few.at(-1));
    expect(worstOf(few.toReversed())).toEqual(few.at(-1));
  }
  expect(worstOf([ok("one"), ok("two"), ok("one")])).toEqual(ok("one two"));
  expect(worstOf([])).toMatchObject({ status: "skipped" });
});

test("one bad workflow among good ones is named, whichever route runs it", async () => {
  const names = ["publish-image.yml", "other.yml"];
  for (const bad of names) {
    const files = Object.fromEntries(
      names.map((name) => [`.github/workflows/${name}`, name === bad ? "on: [" : WORKFLOW]),
    );
    const routes = names.map((name, index) => `  - { name: r${index}, workflow: ${name} }\n`);
    const { examine } = await openClinic({
      files: { ...files, ".github/merge-relay.yml": `version: 1\nroutes:\n${routes.join("")}` },
    });
    expect((await examine(workflowFileCheck)).finding).toContain(`${bad} cannot be read`);
    expect(await examine(workflowInputsCheck)).toMatchObject({
      status: "skipped",
      finding: expect.stringContaining("see “workflow-file”"),
    });
  }
});

test("leaves the text of a workflow that is absent to the check of its file", async () => {
  const { examine } = await openClinic({ files: { "README.md": "# app\n" } });
  expect(await examine(workflowInputsCheck)).toMatchObject({
    status: "skipped",
    finding: expect.stringContaining("see “workflow-file”"),
  });
});

test("says which repository to name, and that credentials are missing, of the App's checks too", async () => {
  const { examine, sent } = await openClinic();
  for (const check of [configurationCheck, installationCheck]) {
    expect(await examine(check, { repository: null }), check.name).toEqual(
      skipped("Not looked at: no repository is named.", "Name a repository: --repo OWNER/NAME"),
    );
  }
  sent.length = 0;
  expect(await examine(appEventsCheck, { environment: {} })).toEqual(
    skipped("Not looked at: it needs the App's credentials."),
  );
  expect(sent).toEqual([]);
});

test("needs the App's credentials for a repository", async () => {
  const { examine, sent } = await openClinic();
  expect(await examine(configurationCheck, { environment: {} })).toMatchObject({
    status: "skipped",
    finding: expect.stringContaining("credentials"),
  });
  expect(sent).toEqual([]);
});

test("a probe without an address is left out, and one without an answer proves nothing", async () => {
  const { examine, answers, world } = await openClinic();
  answers.set(RELAY, { kind: "unreachable", cause: "connection refused" });
  for (const probe of AT_THE_RELAY) {
    expect(await examine(probe), probe.name).toMatchObject({
      status: "unknown",
      finding: expect.stringContaining("connection refused"),
    });
  }
  answers.set(RELAY, answer(503));
  for (const probe of AT_THE_RELAY) {
    expect((await examine(probe)).remedy, probe.name).toContain("Mend what “relay” says");
  }
  world.setWebhook({ url: null });
  for (const probe of AT_THE_RELAY) {
    expect(await examine(probe, { relayUrl: null }), probe.name).toMatchObject({
      status: "skipped",
      remedy: expect.stringContaining("--url"),
    });
  }
});

test("asks the API anonymously about some repository where none is named", async () => {
  const { examine, sent } = await openClinic();
  expect(await examine(anonymousApiCheck, { repository: null })).toMatchObject({ status: "ok" });
  expect(sent.at(-1)?.url).toMatch(/\/api\/v1\/repos\/[^/]+\/[^/]+\/dispatches$/);
});

test("tries no dispatch without a reading token, and says whose fault one that passes is", async () => {
  const { examine, answers, simulator, installation, sent } = await openClinic();
  const dispatches = "/repos/acme/app/actions/workflows/publish-image.yml/dispatches";
  answers.set(`POST ${simulator.url}${dispatches}`, answer(204));
  expect((await examine(readTokenDispatchCheck)).remedy).toContain("GITHUB_API_URL");
  const tokens = `/app/installations/${installation.id}/access_tokens`;
  const { text } = await tokenOnce(simulator.url + tokens, answers, examine);
  expect(text).toMatchObject({ status: "unknown", finding: expect.stringContaining("No token") });
  expect(sent.filter(({ url }) => url.endsWith("/dispatches"))).toHaveLength(1);
});

/** The repository is read with one token, and the probe gets none. */
async function tokenOnce(
  url: string,
  answers: Awaited<ReturnType<typeof openClinic>>["answers"],
  examine: Awaited<ReturnType<typeof openClinic>>["examine"],
) {
  const readable = { id: 1, default_branch: "main", owner: { login: "acme", id: 1 } };
  answers.set(
    url.replace(/\/app\/.*/, "/repos/acme/app").replace(/^/, "GET "),
    answer(200, readable),
  );
  let asked = 0;
  const granted = answer(201, { token: "only-once" });
  const get = answers.get.bind(answers);
  answers.get = (key) =>
    key === `POST ${url}` ? (asked++ === 0 ? granted : answer(422, { message: "no" })) : get(key);
  return { text: await examine(readTokenDispatchCheck) };
}

test("takes no page that answers 200 to everything for a relay that took the ping", async () => {
  const { examine, answers } = await openClinic();
  answers.set(RELAY, answer(200, "<html>Sign in</html>"));
  expect(await examine(webhookSecretCheck)).toMatchObject({
    status: "unknown",
    finding: expect.stringContaining("not answer as a relay"),
    remedy: expect.stringContaining("“relay”"),
  });
});

test.each([
  [500, "oops", "status page"],
  [429, { message: "slow down" }, "rate limit is used up"],
  [403, { message: "API rate limit exceeded for installation" }, "rate limit is used up"],
] as const)("says of a GitHub that answers %i what to do: wait", async (status, body, remedy) => {
  for (const [path, check] of ABOUT_GITHUB) {
    const { examine, answers, simulator } = await openClinic();
    answers.set(`GET ${simulator.url}/app${path}`, answer(status, body));
    expect(await examine(check), check.name).toMatchObject({
      status: "unknown",
      remedy: expect.stringContaining(remedy),
      link: expect.stringContaining("https://"),
    });
  }
  for (const [path, check] of ABOUT_REPOSITORY) {
    const { examine, answers, simulator } = await openClinic();
    answers.set(`GET ${simulator.url}/repos/acme/app${path}`, answer(status, body));
    expect(await examine(check), check.name).toMatchObject({
      status: "unknown",
      remedy: expect.stringContaining(remedy),
    });
  }
});

test("says of a refusal for want of rights whose finding it is, and not to wait", async () => {
  const { examine, answers, simulator } = await openClinic();
  const message = "Resource not accessible by integration";
  answers.set(`GET ${simulator.url}/repos/acme/app`, answer(403, { message }));
  expect(await examine(configurationCheck)).toMatchObject({
    status: "unknown",
    finding: expect.stringContaining("acme/app could not be read"),
    reason: expect.stringContaining(message),
    remedy: expect.stringContaining("“installation”"),
  });
  // An App that cannot be read either is the first fault.
  answers.set(`GET ${simulator.url}/app`, answer(403, { message }));
  expect(await examine(configurationCheck)).toMatchObject({
    status: "unknown",
    finding: expect.stringContaining("the App could not be read"),
    reason: expect.stringContaining(message),
    remedy: expect.stringContaining("“app-key”"),
  });
  expect((await examine(appEventsCheck)).remedy).toContain("“app-key”");
});
