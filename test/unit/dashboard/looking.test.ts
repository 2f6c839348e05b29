import { expect, test } from "vitest";
import { exampleId, makeDispatch } from "./support/fake-ports.ts";
import { openDashboard, START } from "./support/room.ts";

function pathOf(letter: string): string {
  return `/repos/acme/app/dispatches/${exampleId(letter)}`;
}

function takeIndexAway(world: { index: string }): void {
  world.index = "unavailable";
}

async function look(
  path: string,
  turn: (world: ReturnType<typeof openDashboard>["world"]) => void = () => {},
) {
  const dashboard = openDashboard();
  turn(dashboard.world);
  const cookie = await dashboard.signIn();
  const response = await dashboard.send(path, { headers: { cookie } });
  return { response, status: response.status, text: await response.text() };
}

const PAGES = [
  "/",
  "/dispatches",
  "/repos/acme/app",
  pathOf("d"),
  "/repos/acme/app/explain?pull_request=42",
  "/repos/acme/app/publish",
  "/repos/acme/app/pause",
];

test.each(PAGES)("guards %s against frames, inline code and caches", async (path) => {
  const { response, status, text } = await look(path);
  expect(status).toBe(200);
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("strict-transport-security")).toContain("max-age=");
  expect(text).not.toMatch(/ style="|<style|<script>| on[a-z]+="/);
});

test.each([...PAGES, `${pathOf("d")}/cancel`])(
  "shows a stranger, a person without the role and nobody at all nothing of %s",
  async (path) => {
    const stranger = await look(path, (world) => {
      world.standing = "stranger";
      world.repositories = [];
    });
    const reader = await look(path, (world) => {
      world.standing = "role-missing";
      world.repositories = [];
    });
    const nobody = await openDashboard().send(path);
    for (const text of [stranger.text, reader.text, await nobody.text()]) {
      expect(text).not.toMatch(/#42|#45|urgent|0123456789abcdef/);
    }
    if (!path.startsWith("/repos")) return;
    expect([stranger.status, reader.status, nobody.status]).toEqual([404, 403, 401]);
    expect(reader.text).toContain("<strong>maintain</strong>");
  },
);

test("answers for a repository that nobody knows as for one that is hidden", async () => {
  const hidden = await look("/repos/acme/app", (world) => (world.standing = "stranger"));
  const unknown = await look("/repos/acme/none");
  const odd = await look("/repos/acme/a%20b");
  expect(unknown.text.replace(/form_token" value="[^"]*"/g, "")).toBe(
    hidden.text.replace(/form_token" value="[^"]*"/g, ""),
  );
  expect([hidden.status, unknown.status, odd.status]).toEqual([404, 404, 404]);
});

test("escapes what others wrote", async () => {
  const { text } = await look(pathOf("d"));
  expect(text).toContain("&lt;b&gt;urgent&lt;/b&gt;");
  expect(text).not.toContain("<b>urgent");
});

test("makes no link of an address that is none of the web", async () => {
  const evil = makeDispatch({ state: "failed", run_url: "javascript:alert(1)" }, START);
  const { text } = await look(`/repos/acme/app/dispatches/${evil.id}`, (world) => {
    world.dispatches = [evil];
  });
  expect(text).toContain("run 9001");
  expect(text).not.toContain("javascript:");
});

test("shows the image with digest, tags and platforms, or says why there is none", async () => {
  const { text } = await look(pathOf("c"));
  for (const part of [`sha256:${"ab12".repeat(16)}`, "main, pr-44", "linux/amd64, linux/arm64"]) {
    expect(text).toContain(part);
  }
  expect((await look(pathOf("d"))).text).toContain("no receipt yet");
  const silent = await look(pathOf("c"), ({ dispatches }) => {
    dispatches[1] = { ...dispatches[1]!, receipt: { image: 1 } };
  });
  expect(silent.text).toContain("no receipt came");
  const recent = await look(pathOf("c"), ({ dispatches, now }) => {
    const finished_at = new Date(now - 60_000).toISOString();
    dispatches[1] = { ...dispatches[1]!, receipt: null, finished_at };
  });
  expect(recent.text).toContain("no receipt yet");
});

test("shows repositories without their health when the index is away", async () => {
  const { status, text } = await look("/", takeIndexAway);
  expect(status).toBe(200);
  expect(text).toContain("The index over all repositories does not answer");
  expect(text).toContain('href="/repos/acme/app"');
  expect((await look("/dispatches", takeIndexAway)).text).toContain("does not answer");
  expect(text).not.toContain("nothing dispatched yet");
});

test("says what to do when there is no repository, and when GitHub is away", async () => {
  expect((await look("/", (world) => (world.repositories = []))).text).toContain("Install the App");
  for (const path of ["/", "/dispatches"]) {
    expect((await look(path, (world) => (world.visible = "later"))).status).toBe(503);
  }
  const { status } = await look("/repos/acme/app", (world) => (world.standing = "later"));
  expect(status).toBe(503);
});

test("refreshes only what still changes", async () => {
  const live = await look(pathOf("d"));
  const over = await look(pathOf("c"));
  expect(live.text).toContain('<main id="main" tabindex="-1" data-live');
  expect(over.text).not.toContain("data-live");
});

test("tells a bug in its log by name only, and shows a page", async () => {
  const dashboard = openDashboard();
  Object.defineProperty(dashboard.world, "paused", {
    get: () => {
      throw new RangeError("ghu_secret");
    },
  });
  const cookie = await dashboard.signIn();
  const response = await dashboard.send("/repos/acme/app", { headers: { cookie } });
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("ghu_secret");
  expect(dashboard.logged).toEqual(["dashboard.bug"]);
});

test("serves its files for ever under the name of their content, and no others", async () => {
  const { text } = await look("/");
  const dashboard = openDashboard();
  const paths = [...text.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? "");
  expect(paths.length).toBeGreaterThanOrEqual(3);
  for (const path of paths) {
    const response = await dashboard.send(path);
    expect(response.headers.get("cache-control")).toContain("immutable");
  }
  expect((await dashboard.send("/assets/style-000000000000.css")).status).toBe(404);
});
