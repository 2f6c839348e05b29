/** The API in this process: a simulated GitHub below it, a desk and an index of plain data behind it. */
import { onTestFinished } from "vitest";
import { readSettings, type Settings } from "../../../../src/config.ts";
import { createIdentity } from "../../../../src/github/identity.ts";
import type { Limiter } from "../../../../src/rate-limit.ts";
import { createApp } from "../../../../src/http/app.ts";
import { generateAppKey } from "../../../../src/simulator/keys.ts";
import { startSimulator } from "../../../../src/simulator/simulator.ts";
import { createFakes } from "./fake-desk.ts";

export const ORIGIN = "https://relay.test";
const WORKFLOW = "on: { workflow_dispatch: {} }\njobs: { build: { runs-on: ubuntu-latest } }\n";
const key = await generateAppKey();

export interface Asking {
  readonly method?: string;
  readonly token?: string | null;
  readonly body?: unknown;
  /** The body as it is. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RoomOptions {
  readonly limiter?: Limiter;
  readonly settings?: Readonly<Record<string, string>>;
}

/** acme/app with people of every role, and the API over it. */
export async function openRoom(options: RoomOptions = {}) {
  const simulator = await startSimulator({ seed: 7, key });
  onTestFinished(() => simulator.close());
  const { world } = simulator;
  const files = { ".github/workflows/publish-image.yml": WORKFLOW };
  const repository = world.addRepository({ owner: "acme", name: "app", files });
  const hidden = world.addRepository({ owner: "acme", name: "hidden", files, private: true });
  world.addInstallation({ owner: "acme" });
  world.setPermission("mia", "acme/app", "maintain");
  world.setPermission("mia", "acme/hidden", "maintain");
  world.setPermission("will", "acme/app", "write");
  world.setPermission("ada", "acme/app", "admin");
  world.addUser("oscar");
  const fakes = createFakes();
  const clock = { offset: 0 };
  const env = {
    GITHUB_APP_ID: String(simulator.app.id),
    GITHUB_APP_PRIVATE_KEY: simulator.app.privateKeyPkcs1,
    GITHUB_WEBHOOK_SECRET: simulator.app.webhookSecret,
    GITHUB_API_URL: simulator.url,
    ACTIONS_OIDC_ISSUER: simulator.url,
    GITHUB_TIMEOUT_MS: "2000",
    ...options.settings,
  };
  const app = createApp({
    settings: (bindings: Readonly<Record<string, string>>) => readSettings(bindings),
    ledger: (_, repositoryId) => ({
      ...fakes.desk(repositoryId),
      accept: () => Promise.reject(new Error("no delivery was expected")),
      takeReceipt: () => Promise.resolve(false),
    }),
    identity: (settings) => identityOver(settings, () => Date.now() + clock.offset),
    index: () => fakes.index,
    limiter: () => options.limiter ?? null,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const maintainer = world.classicToken("mia", ["repo"]);

  async function ask(path: string, asking: Asking = {}) {
    const { token = maintainer, body, raw, method } = asking;
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const request = new Request(`${ORIGIN}${path}`, {
      method: method ?? (text === undefined ? "GET" : "POST"),
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(text === undefined ? {} : { "content-type": "application/json" }),
        ...asking.headers,
      },
      ...(text === undefined ? {} : { body: text }),
    });
    const response = await app.fetch(request, env);
    const answer = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: answer === "" ? null : JSON.parse(answer),
    };
  }
  return {
    ...fakes,
    simulator,
    world,
    repository,
    hidden,
    maintainer,
    app,
    env,
    /** Moves the clock by which answers of GitHub's are forgotten. */
    pass: (ms: number) => void (clock.offset += ms),
    ask,
    /** The same below acme/app. */
    askApp: (rest: string, asking: Asking = {}) => ask(`/api/v1/repos/acme/app${rest}`, asking),
    /** Requests that GitHub saw, as `METHOD path`. */
    seen: () => simulator.requests.map(({ method, path }) => `${method} ${path}`),
  };
}

function identityOver(settings: Settings, now: () => number) {
  const { appId, maintainerRole } = settings;
  const options = {
    baseUrl: settings.apiUrl,
    timeoutMs: settings.githubTimeoutMs,
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
    now,
  };
  const credentials = { appId, privateKey: settings.privateKey.reveal() };
  return createIdentity(credentials, options, maintainerRole);
}
