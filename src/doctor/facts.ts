/** What GitHub says about the App, its installation and one repository; each asked once. */
import * as v from "valibot";
import { type Asker, createAsker } from "./asker.ts";
import type { HttpAnswer } from "./ports.ts";
import { troubleOf } from "./trouble.ts";
import type { Examination } from "./patient.ts";

/** A fact, its certain absence, or why it is not known. */
export type Known<Value> =
  | { readonly kind: "known"; readonly value: Value }
  | { readonly kind: "absent" }
  | {
      readonly kind: "unknown";
      /** 0 where there was no answer at all. */
      readonly status: number;
      readonly why: string;
    };

const permissionsSchema = v.record(v.string(), v.string());
const appSchema = v.object({
  id: v.number(),
  slug: v.optional(v.string(), ""),
  client_id: v.optional(v.string(), ""),
  owner: v.nullish(v.object({ login: v.string(), type: v.optional(v.string(), "User") })),
  permissions: permissionsSchema,
  events: v.array(v.string()),
});
const hookSchema = v.object({
  url: v.optional(v.string(), ""),
  content_type: v.optional(v.string(), "form"),
  insecure_ssl: v.optional(v.union([v.string(), v.number()]), "0"),
});
const installationSchema = v.object({
  id: v.number(),
  html_url: v.optional(v.string(), ""),
  created_at: v.optional(v.string(), ""),
  account: v.nullish(v.object({ login: v.optional(v.string(), "") })),
  suspended_at: v.nullish(v.string()),
  permissions: permissionsSchema,
  events: v.array(v.string()),
});
const repositorySchema = v.object({
  id: v.number(),
  default_branch: v.string(),
  archived: v.optional(v.boolean(), false),
  owner: v.object({ login: v.string(), id: v.number() }),
});
const workflowSchema = v.object({ id: v.number(), path: v.string(), state: v.string() });
const workflowsSchema = v.object({ workflows: v.array(v.object({ path: v.string() })) });
const deliverySchema = v.object({
  id: v.number(),
  guid: v.string(),
  delivered_at: v.string(),
  status: v.string(),
  status_code: v.number(),
  event: v.string(),
  action: v.nullish(v.string(), null),
});
const tokenSchema = v.object({ token: v.string() });

export type AppFacts = v.InferOutput<typeof appSchema>;
export type HookFacts = v.InferOutput<typeof hookSchema>;
export type InstallationFacts = v.InferOutput<typeof installationSchema>;
export type RepositoryFacts = v.InferOutput<typeof repositorySchema>;
export type DeliveryFacts = v.InferOutput<typeof deliverySchema>;

/** Rights that a token for reading asks for. */
export const READ_RIGHTS = { metadata: "read", contents: "read", actions: "read" };

export type GitHubFacts = ReturnType<typeof createGitHubFacts>;

/** Makes the questions; nothing is sent yet. */
export function createGitHubFacts(examination: Examination) {
  const { environment, repository } = examination;
  const asker = createAsker(examination);
  const { place, asApp } = asker;
  const installation = once(async () =>
    repository === null ? ABSENT : read(await asApp(`${place}/installation`), installationSchema),
  );
  /** A token narrowed to the repository and these rights. */
  const mint = async (permissions: Readonly<Record<string, string>>): Promise<Known<string>> => {
    const found = await installation();
    if (found.kind !== "known" || repository === null) return found as Known<never>;
    const body = { repositories: [repository.name], permissions };
    const path = `/app/installations/${found.value.id}/access_tokens`;
    const token = read(await asApp(path, { method: "POST", body }), tokenSchema);
    return token.kind === "known" ? { kind: "known", value: token.value.token } : token;
  };
  const about = createRepositoryReader(
    asker,
    once(() => mint(READ_RIGHTS)),
  );
  return {
    ...asker,
    ...about,
    web: (environment["GITHUB_WEB_URL"] || "https://github.com").replace(/\/+$/, ""),
    mint,
    installation,
    /** A hundred installations of the App, wherever. */
    installations: once(async () =>
      read(await asApp("/app/installations?per_page=100"), v.array(installationSchema)),
    ),
    /** The raw answer of GET /app: its status judges the key. */
    appAnswer: once(() => asApp("/app")),
    app: once(async () => read(await asApp("/app"), appSchema)),
    hook: once(async () => read(await asApp("/app/hook/config"), hookSchema)),
    /** The newest hundred attempts, asked anew each time. */
    deliveries: async () =>
      read(await asApp("/app/hook/deliveries?per_page=100"), v.array(deliverySchema)),
  };
}

/** Questions about the repository, with a token that can only read. */
function createRepositoryReader(asker: Asker, readToken: () => Promise<Known<string>>) {
  const ask = async (rest: string, accept?: string): Promise<HttpAnswer> => {
    const token = await readToken();
    const path = `${asker.place}${rest}`;
    return token.kind === "known"
      ? asker.send({ path, token: token.value, ...(accept === undefined ? {} : { accept }) })
      : notAsked(token);
  };
  return {
    repository: once(async () => read(await ask(""), repositorySchema)),
    async file(path: string, ref?: string): Promise<Known<string>> {
      const query = ref === undefined ? "" : `?ref=${encodeURIComponent(ref)}`;
      const at = `/contents/${path.split("/").map(encodeURIComponent).join("/")}${query}`;
      const answer = await ask(at, "application/vnd.github.raw+json");
      return answer.kind === "answer" && answer.status === 200
        ? { kind: "known", value: answer.text }
        : read(answer, v.string());
    },
    workflow: async (name: string) =>
      read(await ask(`/actions/workflows/${encodeURIComponent(name)}`), workflowSchema),
    /** Paths of all workflows that GitHub knows there. */
    workflows: async () => read(await ask("/actions/workflows?per_page=100"), workflowsSchema),
    branches: async () =>
      read(await ask("/branches?per_page=100"), v.array(v.object({ name: v.string() }))),
  };
}

const ABSENT = { kind: "absent" } as const;

/** Without a token nothing is asked; why there is none is the answer. */
function notAsked(token: Exclude<Known<string>, { kind: "known" }>): HttpAnswer {
  return token.kind === "absent"
    ? { kind: "unreachable", status: 404, cause: "no installation that gives a token" }
    : { kind: "unreachable", status: token.status, cause: token.why };
}

/** Reads an answer: 404 is an absence, everything else without the right shape is not known. */
function read<Value>(
  answer: HttpAnswer,
  schema: v.BaseSchema<unknown, Value, v.BaseIssue<unknown>>,
): Known<Value> {
  if (answer.kind === "unreachable") {
    return { kind: "unknown", status: answer.status ?? 0, why: answer.cause };
  }
  if (answer.status === 404) return ABSENT;
  const { status } = answer;
  if (status < 200 || status > 299) return { kind: "unknown", status, why: messageOf(answer.text) };
  const parsed = v.safeParse(schema, parseJson(answer.text));
  return parsed.success
    ? { kind: "known", value: parsed.output }
    : { kind: "unknown", status, why: "an answer without the expected fields" };
}

/** A fact's certain absence is the set-up's; the rest may be GitHub's own trouble. */
export function troubleWith(known: Known<unknown>) {
  return known.kind === "unknown" ? troubleOf(known) : null;
}

/** Why a fact is missing, as part of a sentence. */
export function describe(known: Known<unknown>): string {
  switch (known.kind) {
    case "known":
      return "known";
    case "absent":
      return "GitHub answers 404";
    case "unknown":
      return known.status === 0 ? known.why : `GitHub answers ${known.status}: ${known.why}`;
  }
}

/** GitHub's own message, on one line and short; it is never trusted with anything. */
export function messageOf(text: string): string {
  const parsed = v.safeParse(v.object({ message: v.string() }), parseJson(text));
  const message = parsed.success ? parsed.output.message : "no message";
  return message.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ").slice(0, 200);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | undefined;
  return () => (asked ??= ask());
}
