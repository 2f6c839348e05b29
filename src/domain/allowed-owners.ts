/** Whom the operator lets the relay work for, and in whose repositories. */

/** An owner as GitHub names it. */
interface Owner {
  readonly owner: string;
  readonly ownerId: number;
}

/** Whether the operator serves this owner: by numeric id, which survives renames, or by login. */
export function isOwnerAllowed(
  { allowedOwners }: { readonly allowedOwners: readonly string[] },
  { owner, ownerId }: Owner,
): boolean {
  return (
    allowedOwners.length === 0 ||
    allowedOwners.includes(String(ownerId)) ||
    allowedOwners.includes(owner.toLowerCase())
  );
}

/** What the operator would have to do for this owner. */
export function remedyForOwner({ owner, ownerId }: Owner): string {
  return `Add ${owner} or ${ownerId} to the relay's setting ALLOWED_OWNERS.`;
}
