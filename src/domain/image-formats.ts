/** Formats of image names and platforms. */
import { advice, always, type Advice, type TextFormat } from "./text-format.ts";

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?";
const HOST = `(?:localhost|${LABEL}(?:\\.${LABEL})+|${LABEL}(?=:))(?::[0-9]{1,5})?`;
const COMPONENT = "[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*";

/**
 * A registry host and a repository, lower case. No tag and no digest: the
 * workflow derives tags from the commit, so that no file can overwrite a release.
 */
export const imageFormat: TextFormat = {
  maxLength: 255,
  pattern: new RegExp(`^${HOST}(?:/${COMPONENT})+$`),
  isValid: always,
  advise: adviseImage,
};

function adviseImage(text: string): Advice {
  const bare = text.trim().replace(/^[a-z]+:\/\//i, "");
  const name = bare.replace(/@.*$/s, "").replace(/:[^/:]*$/, "");
  const lower = name.toLowerCase();
  const candidate = hasHost(lower) || !lower.includes("/") ? lower : `ghcr.io/${lower}`;
  return advice(imageFormat, explainImage(bare, name), candidate);
}

function explainImage(bare: string, name: string): string {
  if (bare.includes("@")) return "names a digest; a build makes a new one, so leave it out";
  if (bare !== name) {
    return "names a tag; the workflow takes tags from the commit, so that no file can overwrite a release";
  }
  if (/[A-Z]/.test(bare)) return "has capital letters; registries take lower case only";
  if (!hasHost(bare)) return "has no registry host, such as ghcr.io or docker.io";
  return "is not an image name, such as ghcr.io/acme/app";
}

function hasHost(name: string): boolean {
  return /^(?:localhost|[^/]*[.:][^/]*)(?:\/|$)/.test(name);
}

const OPERATING_SYSTEMS: ReadonlySet<string> = new Set(["linux", "windows", "darwin", "freebsd"]);

/** os/architecture, and a variant where there is one. */
export const platformFormat: TextFormat = {
  maxLength: 40,
  pattern: /^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/,
  isValid: always,
  advise: (text) => {
    const lower = text.trim().toLowerCase();
    const candidate = suggestPlatform(lower);
    return advice(platformFormat, "is not a platform, such as linux/arm64", candidate);
  },
};

/** An architecture alone is meant for Linux; an operating system alone says nothing more. */
function suggestPlatform(lower: string): string | null {
  if (lower.includes("/")) return lower;
  return OPERATING_SYSTEMS.has(lower) ? null : `linux/${lower}`;
}
