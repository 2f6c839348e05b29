/** The repositories in which a caller has the maintainer's role, as the caller's own token lists them. */
import * as v from "valibot";
import type { AskVisible, MaintainerRole, Visible } from "../domain/caller.ts";
import type { NamedRepository } from "../domain/order.ts";
import {
  type Heard,
  hear,
  reaches,
  type StandingRepository,
  standingRepositorySchema,
} from "./caller-answers.ts";
import { exchange } from "./http.ts";
import { readPerson } from "./person.ts";
import type { SessionOptions } from "./session.ts";
import { fingerprint, ShortMemory } from "../short-memory.ts";

const PAGE = 100;
/** A Worker may ask 50 times in one request on the free plan; beyond this the list is cut. */
const MAX_PAGES = 20;

const pageSchema = v.array(standingRepositorySchema);
const installationsSchema = v.object({ installations: v.array(v.object({ id: v.number() })) });
const installationPageSchema = v.object({ repositories: pageSchema });

type Asked = { readonly options: SessionOptions; readonly token: string; left: number };
type Listed = Heard<readonly StandingRepository[]>;

/** Asks GitHub at most once a minute for a token. */
export function createAskVisible(options: SessionOptions, role: MaintainerRole): AskVisible {
  const known = new ShortMemory<Extract<Visible, { kind: "ok" }>>(options.now);
  return async (token) => {
    const key = await fingerprint(token);
    const remembered = known.get(key);
    if (remembered !== null) return remembered;
    const askedAt = options.now();
    const asked: Asked = { options, token, left: MAX_PAGES };
    const [person, listed] = await Promise.all([
      readPerson(options, token),
      token.startsWith("ghu_") ? ofInstallations(asked) : ofPerson(asked),
    ]);
    if (person.kind !== "person") return person;
    if (listed.kind === "unauthorized") return { kind: "nobody" };
    if (listed.kind === "later") return listed;
    const found = listed.kind === "ok" ? listed.value : [];
    const visible: Visible = {
      kind: "ok",
      actor: person.actor,
      repositories: found.filter(({ permissions }) => reaches(permissions, role)).map(named),
    };
    known.keep(key, visible, askedAt);
    return visible;
  };
}

function named({ id, owner, name }: StandingRepository): NamedRepository {
  return { id, owner: owner.login, name };
}

/** An App's user token sees what the App is installed on, and the person may see. */
async function ofInstallations(asked: Asked): Promise<Listed> {
  const installations = await pages(asked, "/user/installations", (reply) =>
    mapped(hear(reply, installationsSchema), (value) => value.installations),
  );
  if (installations.kind !== "ok") return installations;
  const found: StandingRepository[] = [];
  for (const { id } of installations.value) {
    if (asked.left <= 0) break;
    const path = `/user/installations/${id}/repositories`;
    const listed = await pages(asked, path, (reply) =>
      mapped(hear(reply, installationPageSchema), (value) => value.repositories),
    );
    if (listed.kind === "unauthorized" || listed.kind === "later") return listed;
    // Refused: the installation went away, or is suspended, between the two questions.
    if (listed.kind === "ok") found.push(...listed.value);
  }
  return { ...installations, value: found };
}

function ofPerson(asked: Asked): Promise<Listed> {
  return pages(asked, "/user/repos", (reply) => hear(reply, pageSchema));
}

function mapped<T, U>(heard: Heard<T>, change: (value: T) => U): Heard<U> {
  return heard.kind === "ok" ? { ...heard, value: change(heard.value) } : heard;
}

async function pages<T>(
  asked: Asked,
  path: string,
  read: (reply: Awaited<ReturnType<typeof exchange>>) => Heard<readonly T[]>,
): Promise<Heard<readonly T[]>> {
  const { options, token } = asked;
  const found: T[] = [];
  for (let page = 1; ; page++) {
    const url = `${path}?per_page=${PAGE}&page=${page}`;
    asked.left -= 1;
    const heard = read(await exchange(options, { method: "GET", path: url, token }));
    if (heard.kind !== "ok") return heard;
    found.push(...heard.value);
    if (heard.value.length < PAGE || asked.left <= 0) return { ...heard, value: found };
  }
}
