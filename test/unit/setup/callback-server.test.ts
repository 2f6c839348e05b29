/** The page on this machine that takes the manifest's code: only with its own state, only from here. */
import { request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { startCallbackServer } from "../../../src/cli/setup/callback-server.ts";
import { readPasted } from "../../../src/cli/setup/get-code.ts";
import { buildManifest } from "../../../src/cli/setup/manifest.ts";
import { toDataAddress } from "../../../src/cli/setup/start-page.ts";

const CODE = "a180b1a3d263c81bc6441d7b990bae27d4c10679";

async function start() {
  const server = await startCallbackServer();
  onTestFinished(() => server.close());
  let taken = "";
  void server.code.then((code) => (taken = code));
  const get = async (query: string) => (await fetch(`${server.redirectUrl}?${query}`)).status;
  return { server, get, taken: () => taken };
}

test("takes the first code that comes with its own state, and no other", async () => {
  const { server, get, taken } = await start();
  expect(await get(`code=${CODE}`)).toBe(400);
  expect(await get(`code=${CODE}&state=`)).toBe(400);
  expect(await get(`code=${CODE}&state=${server.state}x`)).toBe(400);
  expect(await get(`code=..%2Fapp&state=${server.state}`)).toBe(400);
  expect(taken()).toBe("");
  expect(await get(`code=${CODE}&state=${server.state}`)).toBe(200);
  expect(await server.code).toBe(CODE);
});

test("shows its page under an address that cannot be guessed, and to no other name of this machine", async () => {
  const { server } = await start();
  expect((await fetch(server.startUrl)).status).toBe(404);
  server.show({
    action: 'https://github.com/settings/apps/new?state="><script>',
    manifest: { name: "<b>" },
  });
  const page = await fetch(server.startUrl);
  const html = await page.text();
  expect(html).not.toContain('"><script>');
  expect(html).not.toContain("<b>");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect((await fetch(new URL("/", server.startUrl))).status).toBe(404);
  expect((await fetch(server.startUrl, { method: "POST" })).status).toBe(404);
  expect(await statusFor(server.startUrl, "evil.example")).toBe(404);
});

/** `fetch` does not let a caller choose the host's name. */
function statusFor(address: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(address, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test("every start has a state of its own", async () => {
  const [one, other] = [await start(), await start()];
  expect(one.server.state).not.toBe(other.server.state);
  expect(one.server.state.length).toBeGreaterThanOrEqual(32);
});

test.each([
  [`http://127.0.0.1:1/callback?code=${CODE}&state=right`, CODE],
  [`  http://127.0.0.1:1/callback?state=right&code=${CODE}\n`, CODE],
  [CODE, CODE],
  [`http://127.0.0.1:1/callback?code=${CODE}&state=wrong`, null],
  [`http://127.0.0.1:1/callback?code=${CODE}`, null],
  ["http://127.0.0.1:1/callback?state=right", null],
  ["what?", null],
  ["", null],
] as const)("reads what was pasted: %s", (pasted, code) => {
  expect(readPasted(pasted, "right")).toBe(code);
});

test("the address for another machine's browser holds the whole form", () => {
  const manifest = buildManifest({
    name: "it's",
    relayUrl: "https://r.example",
    redirectUrl: "http://127.0.0.1:1/callback",
    comments: false,
    isPublic: false,
  });
  const address = toDataAddress({
    action: "https://github.com/settings/apps/new?state=s",
    manifest,
  });
  const html = Buffer.from(address.split("base64,")[1] ?? "", "base64").toString();
  const value = /name=manifest value="([^"]*)"/.exec(html)?.[1] ?? "";
  const text = value.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  expect(JSON.parse(text)).toEqual(manifest);
});

test("says so where it cannot listen, and what to do instead", async () => {
  // An address for documentation, which no machine has.
  await expect(startCallbackServer("203.0.113.1")).rejects.toThrow(
    /Cannot listen on 203\.0\.113\.1.*EADDRNOTAVAIL.*Nothing was made.*--app-id/s,
  );
});
