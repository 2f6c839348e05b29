/**
 * A simulated GitHub and the built Worker in workerd, joined over HTTP. One pair serves a whole test
 * file; every test has an owner, an installation and a repository of its own, so that tests run side
 * by side and a fault strikes only the one that asked for it.
 */
import { randomBytes } from "node:crypto";
import { type LocalRelay, startLocalRelay } from "../../../src/cli/local-relay.ts";
import {
  type Simulator,
  type StartOptions,
  startSimulator,
} from "../../../src/simulator/simulator.ts";
import { openPlace, type Place, type PlaceParts } from "./place.ts";

/** Times short enough for tests; their order is that of the real ones. */
const SHORT_TIMES = {
  GITHUB_TIMEOUT_MS: "1500",
  RETRY_BASE_MS: "30",
  RETRY_MAX_ATTEMPTS: "5",
  UNKNOWN_SETTLE_MS: "400",
  RUN_POLL_MS: "300",
  // Their own tests switch them on; the others count what a dispatch costs.
  REPORT_CHECKS: "off",
  REPORT_COMMENTS: "off",
} as const;

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface Rig {
  readonly simulator: Simulator;
  readonly relay: LocalRelay;
  /** A fresh owner with the App installed and one repository. */
  place(parts?: PlaceParts): Place;
  /** Sends headers and a body to the webhook endpoint as they are. */
  post(delivery: { headers: Record<string, string>; body: string }): Promise<Answered>;
  close(): Promise<void>;
}

/** Settings of a relay that speaks to this simulator as its App. */
export function settingsFor(simulator: Simulator, vars: Readonly<Record<string, string>> = {}) {
  return {
    vars: {
      GITHUB_API_URL: simulator.url,
      GITHUB_APP_ID: String(simulator.app.id),
      ...SHORT_TIMES,
      ...vars,
    },
    secrets: {
      GITHUB_APP_PRIVATE_KEY: simulator.app.privateKeyPkcs1,
      GITHUB_WEBHOOK_SECRET: simulator.app.webhookSecret,
    },
  };
}

type Vars = Readonly<Record<string, string>>;

/** Settings that open the dashboard. */
export function dashboardSettings({ url, app }: Simulator): Vars {
  return {
    GITHUB_WEB_URL: url,
    GITHUB_CLIENT_ID: app.clientId,
    GITHUB_CLIENT_SECRET: app.clientSecret,
    SESSION_SECRET: randomBytes(32).toString("hex"),
  };
}

/**
 * What stands where nothing hangs: a simulator that answers late because the machine is busy must not
 * pass for a GitHub that does not answer, which sends a dispatch back to `waiting`.
 */
const PATIENT = { GITHUB_TIMEOUT_MS: "10000" } as const;

/** Starts both; GitHub's deliveries go to the relay from the first event on. */
export async function startRig(
  vars: Vars | ((simulator: Simulator) => Vars) = {},
  options: StartOptions = {},
): Promise<Rig> {
  const simulator = await startSimulator(options);
  const chosen = typeof vars === "function" ? vars(simulator) : vars;
  const relay = await startLocalRelay(settingsFor(simulator, { ...PATIENT, ...chosen }));
  const webhook = `${relay.url}/webhooks/github`;
  simulator.world.setWebhook({ url: webhook });
  let places = 0;
  return {
    simulator,
    relay,
    place: (parts = {}) => openPlace({ simulator, relay }, `org-${++places}`, parts),
    post: (delivery) => post(webhook, delivery),
    async close() {
      await relay.close();
      await simulator.close();
    },
  };
}

/** Sends one delivery; a redirect or a broken answer is a failure of the test. */
export async function post(
  url: string,
  { headers, body }: { headers: Record<string, string>; body: string },
): Promise<Answered> {
  const response = await fetch(url, { method: "POST", headers, body, redirect: "manual" });
  const text = await response.text();
  if (!/json/.test(response.headers.get("content-type") ?? "")) {
    throw new Error(`${response.status} without JSON: ${text.slice(0, 300)}`);
  }
  return { status: response.status, headers: response.headers, body: JSON.parse(text) };
}
