/** A registry that is away, and one that takes no push: told apart, and asked with care. */
import { expect, test } from "vitest";
import { packageWriteCheck } from "../../../src/doctor/checks/package-write.ts";
import { registryCheck } from "../../../src/doctor/checks/registry.ts";
import { answer, openClinic, TODAY } from "./support/clinic.ts";

test("names a package that refuses the credential, and gives the upload back where it does not", async () => {
  const { examine, sent } = await openClinic();
  expect(await examine(packageWriteCheck)).toMatchObject({
    status: "skipped",
    remedy: expect.stringContaining("REGISTRY_TOKEN"),
  });
  const registry = { user: "maintainer", token: "may-read" };
  expect(await examine(packageWriteCheck, { registry })).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("ghcr.io/acme/app refuses"),
    remedy: expect.stringContaining("add acme/app with the role Write"),
  });
  expect(
    await examine(packageWriteCheck, { registry: { ...registry, token: "expired" } }),
  ).toMatchObject({ status: "failed" });
  expect(await examine(packageWriteCheck, { registry: TODAY })).toMatchObject({ status: "ok" });
  expect(sent.at(-1)).toMatchObject({
    method: "DELETE",
    url: "https://ghcr.io/v2/acme/app/blobs/uploads/upload-1",
  });
});

test("sends a registry's credential to no address without encryption", async () => {
  const { examine, answers, sent } = await openClinic();
  const challenge = 'Bearer realm="http://thief.example/token",service="ghcr.io"';
  answers.set("https://ghcr.io", answer(401, {}, { "www-authenticate": challenge }));
  expect(await examine(packageWriteCheck, { registry: TODAY })).toMatchObject({
    status: "unknown",
  });
  expect(JSON.stringify(sent)).not.toContain("thief");
});

test("names a registry that does not answer as one", async () => {
  const { examine, answers } = await openClinic();
  answers.set("https://ghcr.io", answer(503));
  expect(await examine(registryCheck)).toMatchObject({ status: "failed" });
  answers.set("https://ghcr.io", { kind: "unreachable", cause: "no such host" });
  expect(await examine(registryCheck)).toMatchObject({ status: "unknown" });
});
