/** Names of images and registries as push tools print them. */

export interface ImageReference {
  registry: string;
  /** Path below the registry, without tag or digest. */
  path: string;
  /** First part of the path: the account that owns the image; null if it was masked. */
  owner: string | null;
}

const HUB_HOSTS = new Set([
  "docker.io",
  "index.docker.io",
  "registry-1.docker.io",
  "auth.docker.io",
  "registry.hub.docker.com",
]);

/** One spelling for each registry; Docker Hub has several hosts. */
export function normalizeRegistry(host: string): string {
  const bare =
    host
      .toLowerCase()
      .replace(/^[a-z]{2,6}:\/\//, "")
      .split("/")[0] ?? "";
  return HUB_HOSTS.has(bare) || bare === "" || bare === "docker hub" ? "docker.io" : bare;
}

function looksLikeHost(part: string): boolean {
  return part === "localhost" || part.includes(".") || part.includes(":");
}

const NO_REFERENCE = /^$|[\s"'<>]/;
const MAX_REFERENCE = 400;

/** Splits a reference; what has no registry in front belongs to Docker Hub. */
function parseImageReference(text: string): ImageReference | null {
  const [bare = ""] = text.replace(/^(?:oci|docker):\/\//, "").split("@");
  if (bare.length > MAX_REFERENCE || NO_REFERENCE.test(bare)) return null;
  const [first = "", ...rest] = bare.split("/");
  const hasHost = rest.length > 0 && looksLikeHost(first);
  const named = hasHost ? rest : [first, ...rest];
  const path = [...named.slice(0, -1), (named.at(-1) ?? "").replace(/:.*$/, "")].join("/");
  return path === "" ? null : fromParts(hasHost ? first : "docker.io", path);
}

function ownerOf(registry: string, path: string): string | null {
  const parts = path.split("/");
  if (parts.length < 2) return registry === "docker.io" ? "library" : null;
  const first = parts[0] ?? "";
  return first.includes("*") || first === "" ? null : first;
}

function fromParts(host: string, path: string): ImageReference {
  const registry = normalizeRegistry(host);
  return { registry, path, owner: ownerOf(registry, path) };
}

const V2_URL =
  /https?:\/\/([^/\s"]{3,200})\/v2\/([^\s"]{1,300}?)\/(?:blobs|manifests)\/(?!\S{1,200}\/blobs\/)/;
const UPLOAD_IN =
  / to \/v2\/([^\s"]{1,300}?)\/(?:blobs|manifests)\/\S{0,200} in ([^\s:"]{3,200}(?::\d{2,5})?)/;
const PUSH_REFERS = /The push refers to (?:a )?repository \[([^\]\s]{1,300})\]/;
const FAILED_PUSH =
  /(?:failed to push(?: to destination)?|failed to put manifest|error pushing image|Pushing image|pushing image|pushing manifest for|Tried to push (?:BLOB|image manifest) for|invalid tag|push access denied for|Unauthorized for|a blob \S{1,100} exists in) \[?"?([^\s"\]]{1,300}?)"?\]?(?::? |:$|$)/;
const AUTH_LINE = /\[auth\] (\S{1,300}?):pull,push token for (\S{3,200})/;
// What a token service is asked for, where it is the registry's own.
const TOKEN_SCOPE =
  /https:\/\/([\w.-]{3,200})\/(?:v2\/|service\/)?token\?\S{0,200}?scope=repository(?:%3A|:)([\w.*%/-]{1,300}?)(?:%3A|:)/;
const PUSH_COMMAND =
  /\b(?:docker|podman|buildah|nerdctl|helm)(?: image| manifest)? push ([^|;&]{3,600})/;
const PUSHING_WITH = /pushing (\S{3,300}) with docker/;

/** Where a push command sends: podman and helm name a source first, the target comes last. */
function targetOfCommand(args: string): ImageReference | null {
  const words = args
    .trim()
    .split(/\s+/)
    .map((word) => word.replaceAll(/["']/g, ""));
  const targets = words.filter((word) => !word.startsWith("-") && word.includes("/"));
  const target = targets.at(-1);
  if (target === undefined || /[$`]|\.tgz$/.test(target)) return null;
  // Helm is told the place only, and puts the chart's name below it.
  return parseImageReference(target.startsWith("oci://") ? `${target}/*` : target);
}

function fromGroups(match: RegExpExecArray, host: number, path: number): ImageReference {
  return fromParts(match[host] ?? "", match[path] ?? "");
}

/** The image that one line speaks of pushing, if it names one. */
export function findPushedImage(text: string): ImageReference | null {
  // Most lines of a log name no image; they are not worth eight patterns.
  if (!/\/|push|tag/.test(text)) return null;
  const url = V2_URL.exec(text);
  if (url !== null) return fromGroups(url, 1, 2);
  const upload = UPLOAD_IN.exec(text);
  if (upload !== null) return fromGroups(upload, 2, 1);
  const auth = AUTH_LINE.exec(text);
  if (auth !== null) return fromGroups(auth, 2, 1);
  return findNamedImage(text) ?? findAskedImage(text);
}

function findAskedImage(text: string): ImageReference | null {
  const asked = TOKEN_SCOPE.exec(text);
  return asked === null ? null : fromParts(asked[1] ?? "", (asked[2] ?? "").replaceAll("%2F", "/"));
}

function findNamedImage(text: string): ImageReference | null {
  for (const pattern of [PUSH_REFERS, PUSHING_WITH, FAILED_PUSH]) {
    const found = pattern.exec(text)?.[1];
    const image = found === undefined ? null : parseImageReference(found);
    if (image !== null && !/[$`]/.test(image.path)) return image;
  }
  const command = PUSH_COMMAND.exec(text)?.[1];
  return command === undefined ? null : targetOfCommand(command);
}
