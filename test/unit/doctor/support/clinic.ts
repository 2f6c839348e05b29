/** A whole set-up that is well, and ways to make it ill: simulated GitHub, real relay code, registry. */
import { readFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import { createAppToken } from "../../../../src/cli/setup/app-token.ts";
import { sendOverHttp } from "../../../../src/cli/setup/http-send.ts";
import type { Verdict } from "../../../../src/doctor/check.ts";
import { type Check, createPatient, type Examination } from "../../../../src/doctor/patient.ts";
import type { HttpAnswer, HttpQuestion } from "../../../../src/doctor/ports.ts";
import { askRelay } from "./relay-in-node.ts";
import { generateAppKey } from "../../../../src/simulator/keys.ts";
import { startSimulator } from "../../../../src/simulator/simulator.ts";
import { VERSION } from "../../../../src/version.ts";

export const RELAY = "https://relay.example";
export const WORKFLOW = readFileSync(
  new URL("../../../../src/workflows/publish-image.yml", import.meta.url),
  "utf8",
);
export const WORKFLOW_PATH = ".github/workflows/publish-image.yml";
export const TODAY = { user: "maintainer", token: "may-write" };

/** One for a file: making keys takes most of a start. */
const key = await generateAppKey();

export interface Start {
  readonly files?: Readonly<Record<string, string>>;
}

/** Starts it; everything ends with the test. */
export async function openClinic({ files }: Start = {}) {
  const simulator = await startSimulator({ seed: 3, key });
  onTestFinished(() => simulator.close());
  const { world, app } = simulator;
  const repository = world.addRepository({
    owner: "acme",
    name: "app",
    files: files ?? { [WORKFLOW_PATH]: WORKFLOW },
  });
  const installation = world.addInstallation({ owner: "acme" });
  // Last, so that nothing of the above is sent to an address that does not exist.
  world.setWebhook({ url: `${RELAY}/webhooks/github`, contentType: "json" });
  const environment: Record<string, string> = {
    GITHUB_API_URL: simulator.url,
    GITHUB_WEB_URL: simulator.url,
    GITHUB_APP_ID: String(app.id),
    GITHUB_CLIENT_ID: app.clientId,
    GITHUB_CLIENT_SECRET: app.clientSecret,
    GITHUB_APP_PRIVATE_KEY: app.privateKeyPkcs1,
    GITHUB_WEBHOOK_SECRET: app.webhookSecret,
    SESSION_SECRET: "s".repeat(40),
  };
  /** What the relay runs with; a test may let it differ from what the doctor has. */
  const relaySettings = { ...environment };
  const answers = new Map<string, HttpAnswer>();
  const sent: HttpQuestion[] = [];

  const send = async (question: HttpQuestion): Promise<HttpAnswer> => {
    sent.push(question);
    const { origin, pathname } = new URL(question.url);
    const planted = answers.get(`${question.method} ${origin}${pathname}`) ?? answers.get(origin);
    if (planted) return planted;
    if (origin === RELAY) return askRelay(relaySettings, question);
    if (origin === "https://ghcr.io") return askRegistry(question);
    return sendOverHttp(question);
  };

  const examine = (check: Check, changes: Partial<Examination> = {}): Promise<Verdict> => {
    const settings = changes.environment ?? environment;
    const patient = createPatient({
      environment: settings,
      source: "in .dev.vars",
      relayUrl: RELAY,
      repository: { owner: "acme", name: "app" },
      registry: null,
      version: VERSION,
      ...changes,
      ports: {
        send,
        now: () => Date.now(),
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 5))),
        appToken: createAppToken(settings),
        latestVersion: () => Promise.resolve(VERSION),
        ...changes.ports,
      },
    });
    return check.run(patient);
  };
  return {
    simulator,
    world,
    app,
    repository,
    installation,
    environment,
    relaySettings,
    answers,
    sent,
    send,
    examine,
  };
}

/** An answer to plant. */
export function answer(
  status: number,
  body: unknown = {},
  headers: Record<string, string> = {},
): HttpAnswer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { kind: "answer", status, headers, text };
}

/** A registry as GitHub's: a challenge, a token service, and the right to write for one credential. */
function askRegistry({ method, url, headers }: HttpQuestion): HttpAnswer {
  const { pathname } = new URL(url);
  const authorization = headers?.["authorization"] ?? "";
  if (pathname === "/token") {
    const [, token = ""] = atob(authorization.replace("Basic ", "")).split(":");
    return token === "expired" ? answer(403, {}) : answer(200, { token: `for ${token}` });
  }
  if (method === "DELETE") return answer(204);
  if (!authorization.startsWith("Bearer ")) {
    const challenge = 'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="x"';
    return answer(401, {}, { "www-authenticate": challenge });
  }
  const location = `${pathname}upload-1`;
  return authorization === "Bearer for may-write" ? answer(202, "", { location }) : answer(403, {});
}
