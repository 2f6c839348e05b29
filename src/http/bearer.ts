/** The token of an `Authorization: Bearer` header, or null. */
export function bearerOf(request: Request): string | null {
  const header = request.headers.get("authorization") ?? "";
  return /^Bearer ([\x21-\x7e]{1,10000})$/i.exec(header)?.[1] ?? null;
}
