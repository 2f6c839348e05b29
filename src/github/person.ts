/** Whose token it is, by `GET /user`, which installations' and workflows' tokens do not pass. */
import type { AskPerson, Person } from "../domain/caller.ts";
import type { Actor } from "../domain/order.ts";
import { hear, userSchema } from "./caller-answers.ts";
import { exchange } from "./http.ts";
import type { SessionOptions } from "./session.ts";
import { fingerprint, ShortMemory } from "../short-memory.ts";

/** `scopes`: those of a classic or OAuth token; null where the token has none by its kind. */
export type KnownPerson =
  | { readonly kind: "person"; readonly actor: Actor; readonly scopes: readonly string[] | null }
  | Exclude<Person, { kind: "person" }>;

/** Asks GitHub, every time. */
export async function readPerson(options: SessionOptions, token: string): Promise<KnownPerson> {
  const reply = await exchange(options, { method: "GET", path: "/user", token });
  const heard = hear(reply, userSchema);
  switch (heard.kind) {
    case "ok":
      return { kind: "person", actor: heard.value, scopes: scopesOf(heard.headers) };
    case "unauthorized":
    case "refused":
      return { kind: "nobody" };
    case "later":
      return heard;
  }
}

/** Asks GitHub at most once a minute for a token; only a good one is remembered. */
export function createAskPerson(options: SessionOptions): AskPerson {
  const known = new ShortMemory<Actor>(options.now);
  return async (token) => {
    const key = await fingerprint(token);
    const remembered = known.get(key);
    if (remembered !== null) return { kind: "person", actor: remembered };
    const askedAt = options.now();
    const person = await readPerson(options, token);
    if (person.kind === "person") known.keep(key, person.actor, askedAt);
    return person.kind === "person" ? { kind: "person", actor: person.actor } : person;
  };
}

function scopesOf(headers: Headers): readonly string[] | null {
  const header = headers.get("x-oauth-scopes");
  if (header === null) return null;
  return header
    .split(",")
    .map((scope) => scope.trim())
    .filter((scope) => scope !== "");
}
