/** A registry's own protocol, as far as a probe needs it: may this credential push there? */
import * as v from "valibot";
import type { DoctorPorts, HttpAnswer } from "./ports.ts";
import { isLoopback } from "./relay-place.ts";

export interface ImagePlace {
  /** Address of the registry's API, without a trailing slash. */
  readonly base: string;
  readonly host: string;
  readonly name: string;
}

export interface Credential {
  readonly user: string;
  readonly token: string;
}

/** Splits `host/path`; Docker Hub's API has another host than its names. */
export function placeOf(image: string): ImagePlace {
  const [first = "", ...rest] = image.replace(/[:@][^/]*$/, "").split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const host = isHost ? first : "docker.io";
  const name = isHost ? rest.join("/") : [first, ...rest].join("/");
  const isHub = host === "docker.io" || host === "index.docker.io";
  const address = isHub ? "registry-1.docker.io" : host;
  const scheme = isLoopback(`http://${address}`) ? "http" : "https";
  return {
    base: `${scheme}://${address}`,
    host,
    name: isHub && !name.includes("/") ? `library/${name}` : name,
  };
}

/**
 * Opens an upload and gives it back unused. 202: may push; 401 or 403: may not. The credential goes
 * only to the registry, or to the token service that it names over https.
 */
export async function probePush(
  ports: DoctorPorts,
  place: ImagePlace,
  credential: Credential,
): Promise<HttpAnswer> {
  const url = `${place.base}/v2/${place.name}/blobs/uploads/`;
  const first = await ports.send({ method: "POST", url });
  if (first.kind === "unreachable" || first.status !== 401) return first;
  const basic = `Basic ${btoa(`${credential.user}:${credential.token}`)}`;
  const authorization = await answerChallenge(ports, first.headers["www-authenticate"] ?? "", {
    basic,
    place,
  });
  if (typeof authorization !== "string") return authorization;
  const opened = await ports.send({ method: "POST", url, headers: { authorization } });
  await giveBack(ports, opened, { url, authorization });
  return opened;
}

async function answerChallenge(
  ports: DoctorPorts,
  challenge: string,
  { basic, place }: { basic: string; place: ImagePlace },
): Promise<string | HttpAnswer> {
  if (!/^bearer /i.test(challenge)) return basic;
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`, "i").exec(challenge)?.[1] ?? "";
  const realm = field("realm");
  if (!URL.canParse(realm) || !(realm.startsWith("https:") || isLoopback(realm))) {
    return { kind: "unreachable", cause: "its token service has no https address" };
  }
  const target = new URL(realm);
  target.searchParams.set("service", field("service"));
  target.searchParams.set("scope", `repository:${place.name}:pull,push`);
  const answer = await ports.send({
    method: "GET",
    url: target.href,
    headers: { authorization: basic },
  });
  if (answer.kind === "unreachable" || answer.status !== 200) return answer;
  const token = tokenOf(answer.text);
  return token === ""
    ? { kind: "unreachable", cause: "its token service gave none" }
    : `Bearer ${token}`;
}

const tokenSchema = v.object({
  token: v.optional(v.string(), ""),
  access_token: v.optional(v.string(), ""),
});

function tokenOf(text: string): string {
  try {
    const { token, access_token: other } = v.parse(tokenSchema, JSON.parse(text));
    return token === "" ? other : token;
  } catch {
    return "";
  }
}

async function giveBack(
  ports: DoctorPorts,
  opened: HttpAnswer,
  { url, authorization }: { url: string; authorization: string },
): Promise<void> {
  const location = opened.kind === "answer" ? (opened.headers["location"] ?? "") : "";
  if (location === "" || !URL.canParse(location, url)) return;
  const upload = new URL(location, url);
  if (upload.origin !== new URL(url).origin) return;
  await ports.send({ method: "DELETE", url: upload.href, headers: { authorization } });
}
