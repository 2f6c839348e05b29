/** Where the App is installed, and which repositories each installation holds. */
import * as v from "valibot";
import type { InstallationPage, Quota, RepositoryPage } from "../domain/app-github.ts";
import type { Answer } from "../domain/outcome.ts";
import type { AppSession } from "./app-session.ts";
import { classifyRead } from "./classify.ts";
import type { Reply } from "./http.ts";
import { nextPageQuery } from "./next-page.ts";

const PER_PAGE = 100;
const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const account = v.object({ id, login: v.string() });
const moment = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.number(),
  v.finite(),
);
const installationsSchema = v.array(
  v.object({
    id,
    // Of an enterprise it is another kind of object, and there are no repositories.
    account: v.optional(v.nullable(v.union([account, v.looseObject({})])), null),
    created_at: moment,
    suspended_at: v.optional(v.nullable(v.string()), null),
  }),
);
const repositoriesSchema = v.object({
  total_count: v.number(),
  repositories: v.array(
    v.object({
      id,
      name: v.string(),
      owner: account,
      archived: v.optional(v.boolean(), false),
      disabled: v.optional(v.boolean(), false),
      pushed_at: v.optional(v.nullable(moment), null),
    }),
  ),
});

/** One page of the App's installations, the suspended ones included. */
export async function installations(
  session: AppSession,
  page: number,
): Promise<Answer<InstallationPage>> {
  const path = `/app/installations?per_page=${PER_PAGE}&page=${page}`;
  const reply = await session.asApp("GET", path);
  return read(reply, session.now(), installationsSchema, (items, hasNext) => ({
    installations: items.flatMap(({ account: owner, ...item }) =>
      v.is(account, owner)
        ? [
            {
              id: item.id,
              ownerId: owner.id,
              owner: owner.login,
              createdAtMs: item.created_at,
              suspended: item.suspended_at !== null,
            },
          ]
        : [],
    ),
    hasNext,
  }));
}

/** One page of an installation's repositories. */
export async function repositoriesOf(
  session: AppSession,
  installationId: number,
  page: number,
): Promise<Answer<RepositoryPage>> {
  const path = `/installation/repositories?per_page=${PER_PAGE}&page=${page}`;
  const asked = await session.asInstallation(installationId, path);
  if (asked.kind === "unsent") return asked.why;
  return read(asked.reply, session.now(), repositoriesSchema, (body, hasNext) => ({
    repositories: body.repositories.map((item) => ({
      repository: { id: item.id, owner: item.owner.login, name: item.name, installationId },
      pushedAtMs: item.pushed_at,
      active: !item.archived && !item.disabled,
    })),
    total: body.total_count,
    hasNext,
    quota: asked.kind === "sent" ? quotaOf(asked.reply) : null,
  }));
}

function quotaOf(reply: Reply): Quota | null {
  if (reply.kind !== "reply") return null;
  const number = (name: string): number =>
    Number(reply.headers.get(`x-ratelimit-${name}`) ?? Number.NaN);
  const [limit, remaining, reset] = [number("limit"), number("remaining"), number("reset")];
  const isSaid = [limit, remaining, reset].every((value) => Number.isFinite(value));
  return isSaid ? { limit, remaining, resetAtMs: reset * 1000 } : null;
}

function read<T, U>(
  reply: Reply,
  nowMs: number,
  schema: v.GenericSchema<unknown, T>,
  make: (value: T, hasNext: boolean) => U,
): Answer<U> {
  const answer = classifyRead(reply, nowMs);
  if (answer.kind !== "ok") return answer;
  const parsed = v.safeParse(schema, answer.value);
  const hasNext = reply.kind === "reply" && nextPageQuery(reply.headers) !== null;
  return parsed.success
    ? { kind: "ok", value: make(parsed.output, hasNext) }
    : { kind: "later", notBeforeMs: null, cause: "unreadable-answer" };
}
