/** GitHub's answers that `setup` and `rotate` act on, as values. */
import * as v from "valibot";
import { messageOf } from "../../doctor/facts.ts";
import type { HttpAnswer } from "../../doctor/ports.ts";
import { createAppToken } from "./app-token.ts";
import type { World } from "./world.ts";

export interface AppIdentity {
  readonly appId: string;
  /** PEM, PKCS#1 or PKCS#8. */
  readonly privateKey: string;
  readonly apiUrl: string;
}

const appSchema = v.object({
  id: v.number(),
  slug: v.string(),
  client_id: v.optional(v.string(), ""),
  html_url: v.optional(v.string(), ""),
  permissions: v.optional(v.record(v.string(), v.string()), {}),
  owner: v.nullish(v.object({ login: v.string(), type: v.optional(v.string(), "User") })),
});
const hookSchema = v.object({
  url: v.optional(v.string(), ""),
  content_type: v.optional(v.string(), ""),
});
const installationsSchema = v.array(
  v.object({ id: v.number(), account: v.nullish(v.object({ login: v.string() })) }),
);

export type AppAnswer =
  | { readonly kind: "app"; readonly app: v.InferOutput<typeof appSchema> }
  /** 401 or 404: this key is not one of that App's. */
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

/** Who the key speaks for. */
export async function askApp(world: World, identity: AppIdentity): Promise<AppAnswer> {
  const answer = await askAsApp(world, identity, { path: "/app" });
  if (answer.kind === "unreachable") return { kind: "unknown", why: answer.cause };
  const why = `${answer.status}: ${messageOf(answer.text)}`;
  if (answer.status === 401 || answer.status === 404) return { kind: "refused", why };
  const parsed = v.safeParse(appSchema, toJson(answer.text));
  return answer.status === 200 && parsed.success
    ? { kind: "app", app: parsed.output }
    : { kind: "unknown", why };
}

/** Sets the webhook; all fields are sent, since GitHub resets `content_type` when it is left out. */
export async function setHook(
  world: World,
  identity: AppIdentity,
  hook: { readonly url: string; readonly secret: string },
): Promise<string | null> {
  const body = { ...hook, content_type: "json", insecure_ssl: "0" };
  const answer = await askAsApp(world, identity, {
    path: "/app/hook/config",
    method: "PATCH",
    body,
  });
  if (answer.kind === "unreachable") return answer.cause;
  return answer.status === 200 ? null : `${answer.status}: ${messageOf(answer.text)}`;
}

/** Where the webhook goes now; null if GitHub does not say. */
export async function hookUrl(world: World, identity: AppIdentity): Promise<string | null> {
  const answer = await askAsApp(world, identity, { path: "/app/hook/config" });
  const parsed = v.safeParse(hookSchema, answer.kind === "answer" ? toJson(answer.text) : null);
  return parsed.success ? parsed.output.url : null;
}

/** Logins of the accounts that have installed the App. */
export async function installedFor(world: World, identity: AppIdentity): Promise<string[]> {
  const answer = await askAsApp(world, identity, { path: "/app/installations?per_page=100" });
  const parsed = v.safeParse(
    installationsSchema,
    answer.kind === "answer" ? toJson(answer.text) : null,
  );
  return parsed.success
    ? parsed.output.map(({ account }) => account?.login ?? "an enterprise")
    : [];
}

/** Whether the App may see that repository. */
export async function isInstalledOn(
  world: World,
  identity: AppIdentity,
  { owner, name }: { readonly owner: string; readonly name: string },
): Promise<boolean> {
  const path = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/installation`;
  const answer = await askAsApp(world, identity, { path });
  return answer.kind === "answer" && answer.status === 200;
}

interface AppQuestion {
  readonly path: string;
  readonly method?: string;
  readonly body?: unknown;
}

async function askAsApp(
  world: World,
  { appId, privateKey, apiUrl }: AppIdentity,
  { path, method = "GET", body }: AppQuestion,
): Promise<HttpAnswer> {
  const sign = createAppToken({ GITHUB_APP_ID: appId, GITHUB_APP_PRIVATE_KEY: privateKey });
  const token = await sign();
  if (token === null) return { kind: "unreachable", cause: "the private key cannot sign" };
  return world.send({
    method,
    url: `${apiUrl}${path}`,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "user-agent": "merge-relay",
      "x-github-api-version": "2022-11-28",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
