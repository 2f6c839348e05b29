/** A repository with several images is well only if each of them is. */
import { expect, test } from "vitest";
import { imageNamespaceCheck } from "../../../src/doctor/checks/image-namespace.ts";
import { packageWriteCheck } from "../../../src/doctor/checks/package-write.ts";
import { registryCheck } from "../../../src/doctor/checks/registry.ts";
import { answer, openClinic, TODAY, WORKFLOW, WORKFLOW_PATH } from "./support/clinic.ts";

function routes(...images: readonly string[]): Record<string, string> {
  const lines = images.map((image, index) => `  - name: app-${index}\n    image: ${image}\n`);
  return {
    [WORKFLOW_PATH]: WORKFLOW,
    ".github/merge-relay.yml": `version: 1\nroutes:\n${lines.join("")}`,
  };
}

test("names the one package that cannot be written, whichever route pushes it", async () => {
  const { examine, answers } = await openClinic({
    files: routes("ghcr.io/acme/api", "ghcr.io/acme/web"),
  });
  const probe = { registry: TODAY };
  const well = await examine(packageWriteCheck, probe);
  expect(well.status).toBe("ok");
  expect(well.finding).toContain("ghcr.io/acme/api");
  expect(well.finding).toContain("ghcr.io/acme/web");
  answers.set("POST https://ghcr.io/v2/acme/web/blobs/uploads/", answer(403));
  const { status, finding } = await examine(packageWriteCheck, probe);
  expect(status).toBe("failed");
  expect(finding).toContain("ghcr.io/acme/web");
});

test("asks every registry that a route names, and each once", async () => {
  const { examine, answers, sent } = await openClinic({
    files: routes("ghcr.io/acme/api", "ghcr.io/acme/web", "registry.example/acme/web"),
  });
  answers.set("https://registry.example", answer(503));
  expect(await examine(registryCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("registry.example"),
  });
  expect(sent.filter(({ url }) => url === "https://ghcr.io/v2/")).toHaveLength(1);
});

test("warns of an image in GitHub's registry that is another owner's, and of no other", async () => {
  const well = ["ghcr.io/acme/api", "ghcr.io/acme/group/web", "docker.io/dev/app", "dev/app"];
  const { examine } = await openClinic({ files: routes(...well) });
  expect(await examine(imageNamespaceCheck)).toMatchObject({ status: "ok" });
  expect(await (await openClinic()).examine(imageNamespaceCheck)).toMatchObject({
    status: "ok",
    finding: "ghcr.io/acme/app is a package of acme.",
  });
  for (const image of ["ghcr.io/acme-evil/app", "ghcr.io/other/acme/app"]) {
    const astray = await openClinic({ files: routes("ghcr.io/acme/api", image) });
    expect(await astray.examine(imageNamespaceCheck)).toMatchObject({
      status: "warning",
      finding: `${image} is not a package of acme.`,
      remedy: expect.stringContaining(`IMAGE_ALLOWED to acme/app=${image}`),
    });
  }
});
