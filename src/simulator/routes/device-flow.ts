/** GitHub's device flow: a code for a terminal, typed in at a page, and asked for meanwhile. */
import { randomBytes } from "node:crypto";
import { json, notFound, text, type Answer } from "../answer.ts";
import type { Call, Request, Route } from "../router.ts";
import type { Room } from "./room.ts";

export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** What GitHub adds to the interval of a device that asks too often. */
const SLOW_DOWN_SECONDS = 5;

type DeviceError =
  | "authorization_pending"
  | "slow_down"
  | "expired_token"
  | "incorrect_device_code"
  | "access_denied"
  | "device_flow_disabled";

interface Device {
  readonly userCode: string;
  readonly expiresAt: number;
  intervalSeconds: number;
  /** No answer before this time. */
  askAgainAt: number;
  decision:
    | { readonly kind: "open" | "denied" }
    | { readonly kind: "agreed"; readonly login: string };
}

/** The codes that are out, and how GitHub treats them. */
export interface DeviceFlow {
  readonly devices: Map<string, Device>;
  readonly settings: {
    /** False: the App's owner has not ticked “Enable Device Flow”. */
    enabled: boolean;
    intervalSeconds: number;
    lifeSeconds: number;
  };
  /** Faults: the next polls get these answers, one each. */
  readonly nextErrors: DeviceError[];
}

/** No code is out; an App that allows the flow, with GitHub's times. */
export function createDeviceFlow(): DeviceFlow {
  return {
    devices: new Map(),
    settings: { enabled: true, intervalSeconds: 5, lifeSeconds: 900 },
    nextErrors: [],
  };
}

/** Verbs for the person who holds the code, and for tests. */
export function deviceVerbs(flow: DeviceFlow) {
  return {
    deviceFlow: flow.settings,
    /** The next polls for a token get these errors, whatever the person does. */
    failDevicePolls: (...errors: DeviceError[]): void => void flow.nextErrors.push(...errors),
    /** Types a device's code in, as that person, and agrees; false where there is no such code. */
    approveDevice: (userCode: string, login: string): boolean =>
      decide(flow, userCode, { kind: "agreed", login }),
    /** Types a device's code in, and cancels. */
    denyDevice: (userCode: string): boolean => decide(flow, userCode, { kind: "denied" }),
    /** The codes that wait for somebody. */
    openDeviceCodes: (): string[] =>
      [...flow.devices.values()]
        .filter(({ decision }) => decision.kind === "open")
        .map(({ userCode }) => userCode),
  };
}

function decide(flow: DeviceFlow, userCode: string, decision: Device["decision"]): boolean {
  for (const device of flow.devices.values()) {
    if (device.userCode === userCode && device.decision.kind === "open") {
      device.decision = decision;
      return true;
    }
  }
  return false;
}

/** Who has agreed to a device's code, or the error that the device gets; a code is good once. */
export function pollDevice(
  flow: DeviceFlow,
  deviceCode: string,
  now: number,
): { readonly login: string } | Answer {
  const device = flow.devices.get(deviceCode);
  const error = flow.nextErrors.shift() ?? errorFor(device, now);
  if (device === undefined) {
    return refuse(error ?? "incorrect_device_code");
  }
  if (error === "slow_down") {
    device.intervalSeconds += SLOW_DOWN_SECONDS;
  }
  device.askAgainAt = now + device.intervalSeconds * 1_000;
  if (error !== null || device.decision.kind !== "agreed") {
    return refuse(error ?? "authorization_pending", device);
  }
  flow.devices.delete(deviceCode);
  return { login: device.decision.login };
}

function errorFor(device: Device | undefined, now: number): DeviceError | null {
  if (device === undefined) {
    return "incorrect_device_code";
  }
  if (device.expiresAt <= now) {
    return "expired_token";
  }
  if (now < device.askAgainAt) {
    return "slow_down";
  }
  return device.decision.kind === "denied" ? "access_denied" : null;
}

/** OAuth's errors come with 200, in the body. */
function refuse(error: DeviceError, device?: Device): Answer {
  const interval = error === "slow_down" && device ? { interval: device.intervalSeconds } : {};
  return json(200, { error, error_description: error.replaceAll("_", " "), ...interval });
}

function readForm({ headers, body }: Request): URLSearchParams {
  const raw = body.toString("utf8");
  const isJson = headers["content-type"]?.includes("json") === true;
  return new URLSearchParams(isJson ? (JSON.parse(raw) as Record<string, string>) : raw);
}

function startDevice(
  { state }: Room,
  { devices, settings }: DeviceFlow,
  { request }: Call,
): Answer {
  if (readForm(request).get("client_id") !== state.app.clientId) {
    return notFound();
  }
  if (!settings.enabled) {
    return refuse("device_flow_disabled");
  }
  const deviceCode = randomBytes(20).toString("hex");
  const letters = randomBytes(4).toString("hex").toUpperCase();
  const userCode = `${letters.slice(0, 4)}-${letters.slice(4)}`;
  const { intervalSeconds, lifeSeconds } = settings;
  devices.set(deviceCode, {
    userCode,
    expiresAt: state.now() + lifeSeconds * 1_000,
    intervalSeconds,
    askAgainAt: 0,
    decision: { kind: "open" },
  });
  return json(200, {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: `${state.url()}/login/device`,
    expires_in: lifeSeconds,
    interval: intervalSeconds,
  });
}

const FORM =
  '<form method="post"><label>Code <input name="user_code" autofocus></label> <button>Authorize</button></form>';

function showPage(): Answer {
  return text(200, `<h1>Device activation</h1>${FORM}`, "text/html; charset=utf-8");
}

/** Routes for devices; the token itself is given out where every other one is. `who` sits at the browser. */
export function deviceRoutes(room: Room, flow: DeviceFlow, who: () => string | null): Route[] {
  const typeIn = ({ request }: Call): Answer => {
    const login = who();
    const userCode = (readForm(request).get("user_code") ?? "").trim().toUpperCase();
    const isDone = login !== null && decide(flow, userCode, { kind: "agreed", login });
    const words = isDone ? "Your device is connected" : "That code is not valid";
    return text(200, `<h1>${words}</h1>${isDone ? "" : FORM}`, "text/html; charset=utf-8");
  };
  return [
    {
      method: "POST",
      pattern: "/login/device/code",
      auth: "web",
      handle: (call) => startDevice(room, flow, call),
    },
    { method: "GET", pattern: "/login/device", auth: "web", handle: showPage },
    { method: "POST", pattern: "/login/device", auth: "web", handle: typeIn },
  ];
}
