import { expect, test } from "vitest";
import { startAcme } from "./support/acme.ts";
import { createClient, installationClient } from "./support/client.ts";

async function startMerged() {
  const acme = await startAcme();
  const client = await installationClient(acme.simulator, acme.installation.id);
  acme.world.openPullRequest({ repo: "acme/app", user: "bob" });
  const sha = acme.world.mergePullRequest("acme/app", 1);
  return { ...acme, client, sha };
}

const AGAIN = { label: "Publish again", description: "Runs the image build", identifier: "again" };

test("keeps a check run on the merge commit up to date", async () => {
  const { client, sha } = await startMerged();
  const body = { name: "merge-relay", head_sha: sha, status: "in_progress", external_id: "d-1" };
  const made = await client("POST /repos/acme/app/check-runs", { body });
  expect(made.body).toMatchObject({ status: "in_progress", conclusion: null, external_id: "d-1" });
  const change = {
    conclusion: "success",
    output: { title: "Published", summary: "all well" },
    actions: [AGAIN],
  };
  const address = `/repos/acme/app/check-runs/${made.body.id}`;
  const done = await client(`PATCH ${address}`, { body: change });
  expect(done.body).toMatchObject({ status: "completed", output: { title: "Published" } });
  const list = await client(`GET /repos/acme/app/commits/${sha}/check-runs`);
  expect(list.body).toMatchObject({ total_count: 1, check_runs: [{ id: made.body.id }] });
});

test("refuses check runs that GitHub refuses", async () => {
  const { simulator, world, client, sha } = await startMerged();
  const check = { name: "x", head_sha: sha };
  const post = (body: object) => client("POST /repos/acme/app/check-runs", { body });
  expect((await post({ ...check, head_sha: "0".repeat(40) })).status).toBe(422);
  expect((await post({ ...check, actions: [AGAIN, AGAIN, AGAIN, AGAIN] })).status).toBe(422);
  const long = { ...AGAIN, label: "a label that is far too long" };
  expect((await post({ ...check, actions: [long] })).status).toBe(422);
  expect((await client("PATCH /repos/acme/app/check-runs/1", { body: {} })).status).toBe(404);
  const person = createClient(simulator, world.classicToken("acme"));
  const reply = await person("POST /repos/acme/app/check-runs", { body: check });
  expect(reply.body.message).toBe("You must authenticate via a GitHub App.");
});

test("keeps one comment up to date, and lets only its author change it", async () => {
  const { simulator, world, client } = await startMerged();
  const comments = "/repos/acme/app/issues/1/comments";
  const made = await client(`POST ${comments}`, { body: { body: "building" } });
  expect(made.body.user.login).toBe(`${simulator.app.slug}[bot]`);
  const own = `/repos/acme/app/issues/comments/${made.body.id}`;
  expect((await client(`PATCH ${own}`, { body: { body: "done" } })).body.body).toBe("done");
  const theirs = world.comment("acme/app", 1, "mia", "/publish");
  const foreign = `/repos/acme/app/issues/comments/${theirs.id}`;
  expect((await client(`PATCH ${foreign}`, { body: { body: "x" } })).status).toBe(403);
  const list = await client(`GET ${comments}`);
  expect(list.body.map(({ body }: { body: string }) => body)).toEqual(["done", "/publish"]);
  expect((await client(`GET ${foreign}`)).body.user.login).toBe("mia");
  expect((await client(`POST ${comments}`, { body: {} })).status).toBe(422);
  expect((await client("GET /repos/acme/app/issues/9/comments")).status).toBe(404);
});

test("takes a reaction once", async () => {
  const { world, client } = await startMerged();
  const { id } = world.comment("acme/app", 1, "mia", "/publish");
  const address = `POST /repos/acme/app/issues/comments/${id}/reactions`;
  expect((await client(address, { body: { content: "eyes" } })).status).toBe(201);
  expect((await client(address, { body: { content: "eyes" } })).status).toBe(200);
  expect((await client(address, { body: { content: "sigh" } })).status).toBe(422);
  const missing = "POST /repos/acme/app/issues/comments/1/reactions";
  expect((await client(missing, { body: { content: "eyes" } })).status).toBe(404);
});
