import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { empty, json, notFound, text, type Answer } from "../answer.ts";
import type { Call, Request, Route } from "../router.ts";
import { presentApp } from "../represent/installation.ts";
import type { WorldState } from "../world/state.ts";
import { createDeviceFlow, DEVICE_GRANT, type DeviceFlow, pollDevice } from "./device-flow.ts";
import type { Room } from "./room.ts";
import { createUserGrants, exchangeRefresh, grantToken, type UserGrants } from "./user-grants.ts";

const CODE_LIFE_MILLISECONDS = 600_000;

interface Grant {
  login: string | null;
  readonly redirectUri: string | null;
  readonly challenge: string | null;
  readonly expiresAt: number;
}

/** Who sits at the browser, and what they have agreed to. */
export interface SignIn {
  /** Null: nobody is signed in, and the authorization page says so. */
  login: string | null;
  /** Whether they agree; a refusal leads back without a code. */
  consents: boolean;
  readonly grants: UserGrants;
  readonly codes: Map<string, Grant>;
  readonly devices: DeviceFlow;
  /** Codes of Apps made from a manifest, with the time when each is worth nothing. */
  readonly manifests: Map<string, number>;
}

/** A browser where nobody is signed in. */
export function createSignIn(): SignIn {
  return {
    login: null,
    consents: true,
    grants: createUserGrants(),
    codes: new Map(),
    devices: createDeviceFlow(),
    manifests: new Map(),
  };
}

/** Verbs for the person at the browser. */
export function signInVerbs(signIn: SignIn, now: () => number) {
  return {
    /** Signs a person in to the simulated web site; they agree to whatever is asked. */
    signIn: (login: string | null): void => {
      signIn.login = login;
    },
    /** From now on they agree to what is asked, or refuse it. */
    consent: (consents: boolean): void => {
      signIn.consents = consents;
    },
    /** How long the App's user tokens live from now on. */
    userTokensLive: (seconds: number): void => {
      signIn.grants.lifeSeconds = seconds;
    },
    /** The code that GitHub hands back after an App was made from a manifest; good once. */
    manifestCode: (): string => issueManifestCode(signIn, now()),
  };
}

const MANIFEST_CODE_LIFE_MILLISECONDS = 3_600_000;

/** A code for the conversion of a manifest: good once, for an hour. */
export function issueManifestCode(signIn: SignIn, now: number): string {
  const code = randomBytes(20).toString("hex");
  signIn.manifests.set(code, now + MANIFEST_CODE_LIFE_MILLISECONDS);
  return code;
}

function fields(request: Request): URLSearchParams {
  const isJson = request.headers["content-type"]?.includes("json") === true;
  const raw = request.body.toString("utf8");
  return new URLSearchParams(isJson ? (JSON.parse(raw) as Record<string, string>) : raw);
}

function authorize(room: Room, signIn: SignIn, { request }: Call): Answer {
  const { query } = request;
  const redirectUri = query.get("redirect_uri");
  if (query.get("client_id") !== room.state.app.clientId || redirectUri === null) {
    return notFound();
  }
  if (signIn.login === null) {
    return text(200, "<h1>Sign in to GitHub</h1>", "text/html; charset=utf-8");
  }
  const target = new URL(redirectUri);
  target.searchParams.set("state", query.get("state") ?? "");
  if (!signIn.consents) {
    target.searchParams.set("error", "access_denied");
    target.searchParams.set("error_description", "The user has denied your application access.");
    return empty(302, { location: target.href });
  }
  const code = randomBytes(10).toString("hex");
  const challenge = query.get("code_challenge");
  const expiresAt = room.state.now() + CODE_LIFE_MILLISECONDS;
  signIn.codes.set(code, { login: signIn.login, redirectUri, challenge, expiresAt });
  target.searchParams.set("code", code);
  return empty(302, { location: target.href });
}

/** OAuth's errors come with 200, in the body. */
function refused(error: string): Answer {
  return json(200, { error, error_description: error.replaceAll("_", " ") });
}

function digest(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}

function sameSecret(state: WorldState, given: string | null): boolean {
  return timingSafeEqual(digest(given ?? ""), digest(state.app.clientSecret));
}

function provesChallenge(grant: Grant, form: URLSearchParams): boolean {
  const verifier = form.get("code_verifier") ?? "";
  return grant.challenge === null || grant.challenge === digest(verifier).toString("base64url");
}

function exchangeDevice(room: Room, signIn: SignIn, form: URLSearchParams): Answer {
  const polled = pollDevice(signIn.devices, form.get("device_code") ?? "", room.state.now());
  return "login" in polled ? grantToken(room, signIn.grants, polled.login) : polled;
}

function exchange(room: Room, signIn: SignIn, { request }: Call): Answer {
  const form = fields(request);
  if (form.get("client_id") !== room.state.app.clientId) {
    return refused("incorrect_client_credentials");
  }
  if (form.get("grant_type") === DEVICE_GRANT) {
    return exchangeDevice(room, signIn, form);
  }
  if (!sameSecret(room.state, form.get("client_secret"))) {
    return refused("incorrect_client_credentials");
  }
  if (form.get("grant_type") === "refresh_token") {
    const given = form.get("refresh_token") ?? "";
    return exchangeRefresh(room, signIn.grants, given) ?? refused("bad_refresh_token");
  }
  const code = form.get("code") ?? "";
  const grant = signIn.codes.get(code);
  signIn.codes.delete(code);
  const alive = grant !== undefined && grant.expiresAt > room.state.now();
  return alive && grant.login !== null && provesChallenge(grant, form)
    ? grantToken(room, signIn.grants, grant.login)
    : refused("bad_verification_code");
}

/** Ends one user token, for whoever has the App's id and secret. */
function endToken(room: Room, _signIn: SignIn, { request, params }: Call): Answer {
  const { app } = room.state;
  const basic = /^basic (.+)$/i.exec(request.headers["authorization"] ?? "")?.[1] ?? "";
  const [id, secret = null] = Buffer.from(basic, "base64").toString("utf8").split(":");
  if (id !== app.clientId || !sameSecret(room.state, secret)) {
    return json(401, { message: "Bad credentials" });
  }
  const token = (JSON.parse(request.body.toString("utf8")) as Record<string, unknown>)[
    "access_token"
  ];
  if (params["client"] !== app.clientId) {
    return notFound();
  }
  if (typeof token !== "string" || !room.tokens.identify(`Bearer ${token}`).ok) {
    return json(422, { message: "Validation Failed" });
  }
  room.tokens.revoke(token);
  return empty(204);
}

function convert(room: Room, signIn: SignIn, { params }: Call): Answer {
  const { app } = room.state;
  const code = params["code"] ?? "";
  const isAlive = (signIn.manifests.get(code) ?? 0) > room.state.now();
  if (!signIn.manifests.delete(code) || !isAlive) {
    return notFound();
  }
  return json(201, {
    ...presentApp(room.state),
    client_id: app.clientId,
    client_secret: app.clientSecret,
    webhook_secret: app.webhookSecret,
    pem: app.privateKeyPkcs1,
  });
}

/** Signing in with the App, by browser or device, and making the App from a manifest. */
export function signInRoutes(room: Room, signIn: SignIn): Route[] {
  const handles: readonly [string, (room: Room, signIn: SignIn, call: Call) => Answer][] = [
    ["GET /login/oauth/authorize", authorize],
    ["POST /login/oauth/access_token", exchange],
    ["DELETE /applications/:client/token", endToken],
    ["POST /app-manifests/:code/conversions", convert],
  ];
  return handles.map(([at, handle]) => {
    const [method = "", pattern = ""] = at.split(" ");
    return { method, pattern, auth: "web", handle: (call) => handle(room, signIn, call) };
  });
}
