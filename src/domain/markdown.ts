/**
 * Text from outside, made harmless for GitHub's Markdown: no mention, link, reference, HTML or table
 * column can come of it, whoever wrote it.
 */

const LONGEST = 300;
/** Between the parts of what GitHub would make a link or a mention of; nobody sees it. */
const GAP = "\u200B";

/** What GitHub takes for a commit: seven digits or more, so that no part of it may have seven. */
const HEX = /[0-9a-f]{7,}/gi;

/** As code: names, tags, digests. Two characters that could end it are replaced by look-alikes. */
export function code(text: string): string {
  const clean = oneLine(text).replaceAll("`", "'").replaceAll("|", "\u00A6").trim();
  return clean === "" ? "\u2014" : `\`${clean}\``;
}

/** As words: remedies and explanations that may quote somebody. */
export function prose(text: string): string {
  return oneLine(text)
    .replace(/[@#:]/g, (mark) => `${mark}${GAP}`)
    .replace(/(www)\./gi, `$1${GAP}.`)
    .replace(/(GH)-(?=\d)/gi, `$1-${GAP}`)
    .replace(HEX, (run) => run.replace(/.{6}(?=.)/g, `$&${GAP}`))
    .replace(/[\\`*_{}[\]<>()#+\-!|~&=:^$"]/g, "\\$&")
    .replace(/^(\d+)\./, "$1\\.")
    .trim();
}

/** A link to an address that can be nothing else; null for any other. */
export function link(label: string, address: string | null): string | null {
  const plain = address !== null && /^https?:\/\/[A-Za-z0-9.:/_-]{1,400}$/.test(address);
  return plain ? `[${label}](${address})` : null;
}

function oneLine(text: string): string {
  const flat = text.replace(/[\p{C}\p{Z}\s]+/gu, " ").trim();
  // A surrogate that the cut leaves alone counts as one of \p{C}.
  const cut = flat.slice(0, LONGEST - 1).replace(/\p{C}$/u, "");
  return flat.length > LONGEST ? `${cut}\u2026` : flat;
}
