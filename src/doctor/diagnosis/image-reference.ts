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

/** Splits a reference; what has no registry in front belongs to Docker Hub. */
export function parseImageReference(text: string): ImageReference | null {
  const bare = text.replace(/^(?:oci|docker):\/\//, "").split("@")[0] ?? "";
  if (bare === "" || bare.length > 400 || /[\s"'<>]/.test(bare)) return null;
  const parts = bare.split("/");
  const hasHost = parts.length > 1 && looksLikeHost(parts[0] ?? "");
  const registry = hasHost ? normalizeRegistry(parts[0] ?? "") : "docker.io";
  const rest = hasHost ? parts.slice(1) : parts;
  const last = (rest.at(-1) ?? "").split(":")[0] ?? "";
  const path = [...rest.slice(0, -1), last].join("/");
  if (path === "") return null;
  return { registry, path, owner: ownerOf(registry, path) };
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

const V2_URL = /https?:\/\/([^/\s"]{3,200})\/v2\/([^\s"]{1,300}?)\/(?:blobs|manifests)\//;
const UPLOAD_IN =
  / to \/v2\/([^\s"]{1,300}?)\/(?:blobs|manifests)\/\S{0,200} in ([^\s:"]{3,200}(?::\d{2,5})?)/;
const PUSH_REFERS = /The push refers to repository \[([^\]\s]{1,300})\]/;
const FAILED_PUSH =
  /(?:failed to push(?: to destination)?|failed to put manifest|error pushing image|Pushing image|pushing image|pushing manifest for|Tried to push (?:BLOB|image manifest) for|invalid tag|push access denied for) \[?"?([^\s"\]]{1,300}?)"?\]?(?::? |:$|$)/;
const AUTH_LINE = /\[auth\] (\S{1,300}?):pull,push token for (\S{3,200})/;
const PUSH_COMMAND =
  /\b(?:docker|podman|buildah|nerdctl) (?:image )?push (?:-\S+ )*"?([^\s"]{3,300})/;
const PUSHING_WITH = /pushing (\S{3,300}) with docker/;

/** The image that one line speaks of pushing, if it names one. */
export function findPushedImage(text: string): ImageReference | null {
  const url = V2_URL.exec(text);
  if (url !== null) return fromParts(url[1] ?? "", url[2] ?? "");
  const upload = UPLOAD_IN.exec(text);
  if (upload !== null) return fromParts(upload[2] ?? "", upload[1] ?? "");
  const auth = AUTH_LINE.exec(text);
  if (auth !== null) return fromParts(auth[2] ?? "", auth[1] ?? "");
  for (const pattern of [PUSH_REFERS, PUSHING_WITH, FAILED_PUSH, PUSH_COMMAND]) {
    const found = pattern.exec(text)?.[1];
    const image = found === undefined ? null : parseImageReference(found);
    if (image !== null && !/[$`]/.test(image.path)) return image;
  }
  return null;
}
