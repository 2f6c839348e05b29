import { expect, test } from "vitest";
import { startAcme } from "./support/acme.ts";
import { createClient, installationClient } from "./support/client.ts";

test("shows a repository by name and by id", async () => {
  const { simulator, repository, installation } = await startAcme();
  const client = await installationClient(simulator, installation.id);
  const byName = await client("GET /repos/ACME/App");
  expect(byName.body).toMatchObject({ id: repository.id, default_branch: "main", private: false });
  const byId = await client(`GET /repositories/${repository.id}`, { unchecked: true });
  expect(byId.body).toEqual(byName.body);
});

test("sends an old name on to the id, writes included, until somebody takes the name", async () => {
  const { simulator, world, repository, installation } = await startAcme();
  const client = await installationClient(simulator, installation.id);
  world.renameRepository("acme/app", "renamed");
  const moved = await client("GET /repos/acme/app/pulls?state=closed");
  expect(moved.status).toBe(301);
  const target = `${simulator.url}/repositories/${repository.id}/pulls?state=closed`;
  expect(moved.headers.get("location")).toBe(target);
  const write = await client("POST /repos/acme/app/actions/workflows/x.yml/dispatches", {
    body: { ref: "main" },
  });
  expect(write.status).toBe(307);
  expect((await client("GET /repos/acme/renamed")).body.id).toBe(repository.id);
  const squatter = world.addRepository({ owner: "acme", name: "app" });
  expect((await client("GET /repos/acme/app")).body.id).toBe(squatter.id);
  world.deleteFork(squatter);
  expect((await client("GET /repos/acme/app")).status).toBe(404);
  world.renameRepository(repository, "again");
  const second = world.addRepository({ owner: "acme", name: "second" });
  world.renameRepository(second, "renamed");
  world.deleteFork(second);
  expect((await client("GET /repos/acme/renamed")).status).toBe(404);
  expect((await client("GET /repos/acme/again")).status).toBe(200);
});

test("takes a transferred repository out of the installation's reach", async () => {
  const { simulator, world, installation } = await startAcme();
  const client = await installationClient(simulator, installation.id);
  world.transferRepository("acme/app", "elsewhere");
  expect((await client("GET /repos/elsewhere/app")).status).toBe(404);
  expect((await client("GET /repos/acme/app")).status).toBe(404);
});

test("tells a person's effective permission, with the role", async () => {
  const { simulator, world, installation } = await startAcme();
  const client = await installationClient(simulator, installation.id);
  world.setPermission("mia", "acme/app", "maintain");
  world.setPermission("tom", "acme/app", "triage");
  world.addUser("passer-by");
  const of = async (login: string) =>
    (await client(`GET /repos/acme/app/collaborators/${login}/permission`)).body;
  expect(await of("mia")).toMatchObject({ permission: "write", role_name: "maintain" });
  expect(await of("tom")).toMatchObject({ permission: "read", role_name: "triage" });
  expect(await of("passer-by")).toMatchObject({ permission: "read" });
  const unknown = await client("GET /repos/acme/app/collaborators/nobody/permission");
  expect(unknown.status).toBe(404);
});

test("lets each kind of a person's token do only what it carries", async () => {
  const { simulator, world, repository } = await startAcme();
  const hidden = world.addRepository({ owner: "acme", name: "hidden", private: true });
  world.setPermission("mia", "acme/app", "maintain");
  world.setPermission("mia", "acme/hidden", "maintain");
  const dispatch = "POST /repos/acme/app/actions/workflows/publish-image.yml/dispatches";
  const noRef = { body: { ref: "no-such-ref" } };
  const statusWith = async (token: string) =>
    (await createClient(simulator, token)(dispatch, noRef)).status;
  expect(await statusWith(world.classicToken("mia", ["repo"]))).toBe(422);
  expect(await statusWith(world.classicToken("mia", ["public_repo"]))).toBe(422);
  expect(await statusWith(world.classicToken("mia", ["read:org"]))).toBe(404);
  expect(await statusWith(world.fineGrainedToken("mia", { actions: "write" }))).toBe(422);
  expect(await statusWith(world.fineGrainedToken("mia", { actions: "read" }))).toBe(403);
  const elsewhere = world.fineGrainedToken("mia", { actions: "write" }, [hidden.id]);
  expect(await statusWith(elsewhere)).toBe(404);
  expect(await statusWith(world.appUserToken("mia"))).toBe(422);
  expect(await statusWith(world.classicToken("passer-by", ["repo"]))).toBe(403);
  const stranger = createClient(simulator, world.classicToken("passer-by", ["repo"]));
  expect((await stranger("GET /repos/acme/hidden")).status).toBe(404);
  const scopes = await createClient(
    simulator,
    world.classicToken("mia", ["repo", "gist"]),
  )("GET /user");
  expect(scopes.headers.get("x-oauth-scopes")).toBe("repo, gist");
  expect(scopes.body.login).toBe("mia");
  expect(repository.roles.get("mia")).toBe("maintain");
});

test("lists what a person was let into, as far as the token reaches", async () => {
  const { simulator, world, repository } = await startAcme();
  world.setPermission("mia", "acme/app", "maintain");
  const closed = world.addRepository({ owner: "acme", name: "closed", private: true });
  world.setPermission("mia", "acme/closed", "admin");
  const ids = async (token: string) => {
    const { status, body } = await createClient(simulator, token)("GET /user/repos");
    expect(status).toBe(200);
    return body.map(({ id }: { id: number }) => id);
  };
  expect(await ids(world.oauthToken("mia"))).toEqual([repository.id, closed.id]);
  expect(await ids(world.classicToken("mia", ["public_repo"]))).toEqual([repository.id]);
  const narrow = world.fineGrainedToken("mia", { metadata: "read" }, [closed.id]);
  expect(await ids(narrow)).toEqual([closed.id]);
  const token = world.appUserToken("mia");
  const { body } = await createClient(simulator, token)("GET /user");
  const byId = await createClient(simulator, null)(`GET /user/${body.id}`);
  expect(byId.body.login).toBe("mia");
});

test("lists this App's installations to a user token of this App only", async () => {
  const { simulator, world, installation } = await startAcme();
  world.setPermission("mia", "acme/app", "write");
  const own = createClient(simulator, world.appUserToken("mia"));
  const seen = await own("GET /user/installations");
  expect(seen.body.installations).toMatchObject([
    { id: installation.id, app_id: simulator.app.id },
  ]);
  const repositories = await own(`GET /user/installations/${installation.id}/repositories`);
  expect(repositories.body.total_count).toBe(1);
  const foreign = createClient(simulator, world.appUserToken("mia", false));
  const others = await foreign("GET /user/installations");
  expect(others.body.total_count).toBe(1);
  expect(others.body.installations[0].app_id).not.toBe(simulator.app.id);
  expect(others.body.installations[0].client_id).not.toBe(simulator.app.clientId);
  const token = world.appUserToken("mia");
  world.revokeToken(token);
  expect((await createClient(simulator, token)("GET /user")).status).toBe(401);
  expect((await createClient(simulator, null)("GET /user")).status).toBe(401);
  expect((await createClient(simulator, null)("GET /users/mia")).body.login).toBe("mia");
});
