/**
 * True when a branch or tag name may be sent on: git's own rules (git check-ref-format), none of
 * the characters that a shell or a URL gives a meaning to, and no leading hyphen, which a command
 * would take for an option.
 */
export function isValidRefName(name: string): boolean {
  return (
    name.length <= 200 &&
    /^[A-Za-z0-9_][A-Za-z0-9._/+@=,-]*$/.test(name) &&
    !/\.\.|\/\/|@\{|\/\.|\.(?:\/|$)|\/$|\.lock(?:\/|$)/.test(name)
  );
}

/** True for a full SHA-1 commit id in lower case. */
export function isCommitSha(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
