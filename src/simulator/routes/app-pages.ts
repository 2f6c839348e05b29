import { empty, notFound, text, type Answer } from "../answer.ts";
import { pingEvent } from "../payloads/ping.ts";
import type { Call, Route } from "../router.ts";
import { account } from "../world/accounts.ts";
import { installationVerbs } from "../world/installations.ts";
import type { AccountType, Level, WorldState } from "../world/state.ts";
import type { Room } from "./room.ts";
import { issueManifestCode, type SignIn } from "./sign-in.ts";

const LONGEST_NAME = 34;
/** Permission without which GitHub refuses to subscribe an App to an event. */
const EVENT_NEEDS: Readonly<Record<string, string>> = {
  check_run: "checks",
  check_suite: "checks",
  issue_comment: "issues",
  pull_request: "pull_requests",
  push: "contents",
  repository: "metadata",
  workflow_run: "actions",
};

interface Manifest {
  readonly name?: unknown;
  readonly url?: unknown;
  readonly redirect_url?: unknown;
  readonly hook_attributes?: { readonly url?: unknown; readonly active?: unknown };
  readonly default_permissions?: Readonly<Record<string, Level>>;
  readonly default_events?: readonly string[];
}

function page(status: number, words: string): Answer {
  return text(status, `<h1>${words}</h1>`, "text/html; charset=utf-8");
}

function readManifest({ request }: Call): Manifest | null {
  const form = new URLSearchParams(request.body.toString("utf8"));
  try {
    return JSON.parse(form.get("manifest") ?? "") as Manifest | null;
  } catch {
    return null;
  }
}

function isAddress(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value);
}

/** What GitHub would say against a manifest; null when it makes the App. */
function refuse(manifest: Manifest): string | null {
  const { name, url, redirect_url: redirect, hook_attributes: hook } = manifest;
  if (typeof name !== "string" || name.length > LONGEST_NAME) {
    return "Name is too long (maximum is 34 characters)";
  }
  if (!isAddress(url) || !isAddress(redirect) || !isAddress(hook?.url)) {
    return "url, redirect_url and hook url must be addresses";
  }
  const granted = { metadata: "read", ...manifest.default_permissions };
  const unsupported = (manifest.default_events ?? []).filter(
    (event) => !Object.hasOwn(granted, EVENT_NEEDS[event] ?? ""),
  );
  return unsupported.length === 0 ? null : `Default events unsupported: ${unsupported.join(", ")}`;
}

/** The simulated GitHub has one App: making another turns it into that. */
function apply(room: Room, manifest: Manifest, owner: WorldState["app"]["owner"]): void {
  const { app } = room.state;
  const name = String(manifest.name);
  Object.assign(app, {
    slug: name.toLowerCase().replace(/[^a-z0-9]+/g, "-"),
    owner,
    permissions: { metadata: "read", ...manifest.default_permissions },
    events: [...(manifest.default_events ?? [])],
  });
  Object.assign(room.deliveries.config, {
    url: String(manifest.hook_attributes?.url),
    active: manifest.hook_attributes?.active !== false,
    // Which one GitHub chooses is not documented; `form` is the API's default, and the worse one.
    contentType: "form",
  });
}

function makeApp(room: Room, signIn: SignIn, call: Call): Answer {
  const manifest = readManifest(call);
  if (signIn.login === null) return page(200, "Sign in to GitHub");
  const problem = manifest === null ? "Invalid manifest" : refuse(manifest);
  if (manifest === null || problem !== null) return page(422, problem ?? "");
  const organization = call.params["organization"];
  const type: AccountType = organization === undefined ? "User" : "Organization";
  apply(room, manifest, account(room.state, organization ?? signIn.login, type));
  const target = new URL(String(manifest.redirect_url));
  target.searchParams.set("code", issueManifestCode(signIn, room.state.now()));
  target.searchParams.set("state", call.request.query.get("state") ?? "");
  room.emit(pingEvent(room.state));
  return empty(302, { location: target.href });
}

function install(room: Room, signIn: SignIn, { params }: Call): Answer {
  const { state } = room;
  if (params["slug"] !== state.app.slug) return notFound();
  if (signIn.login === null) return page(200, "Sign in to GitHub");
  const { owner } = state.app;
  const existing = [...state.installations.values()].find(({ account: at }) => at.id === owner.id);
  if (existing === undefined) {
    installationVerbs(state, room.emit).addInstallation({ owner: owner.login });
  }
  return page(200, "Installed");
}

/** Pages of a browser: making the App from a manifest, and installing it for its owner. */
export function appPageRoutes(room: Room, signIn: SignIn): Route[] {
  const make = (call: Call): Answer => makeApp(room, signIn, call);
  return [
    { method: "POST", pattern: "/settings/apps/new", auth: "web", handle: make },
    {
      method: "POST",
      pattern: "/organizations/:organization/settings/apps/new",
      auth: "web",
      handle: make,
    },
    {
      method: "GET",
      pattern: "/apps/:slug/installations/new",
      auth: "web",
      handle: (call) => install(room, signIn, call),
    },
  ];
}
