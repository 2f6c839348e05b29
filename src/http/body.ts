/** Raw bytes of a request, never more than the limit in memory. */

/** GitHub's own cap on a payload; it sends nothing larger. */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;

/**
 * A sender that hears no answer before it has sent everything sees a broken connection in place of
 * our 413, so that much beyond the limit is read and thrown away.
 */
export const DISCARDED_BYTES = 8 * 1024 * 1024;

/** The whole body, or null when it is longer than the limit: nothing beyond it is kept. */
export async function readBody(
  request: Request,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const declared = request.headers.get("content-length");
  if (declared !== null && /^\d+$/.test(declared) && Number(declared) <= limit) {
    // HTTP itself holds the sender to the length, so the runtime may read it all in one step.
    const bytes = new Uint8Array(await request.arrayBuffer());
    return bytes.byteLength > limit ? null : bytes;
  }
  return readChunks(request, limit, Number(declared ?? 0));
}

async function readChunks(
  request: Request,
  limit: number,
  declared: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const reader = request.body?.getReader();
  if (!reader) return new Uint8Array();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit || declared > limit) chunks.length = 0;
    else chunks.push(value);
    if (size > limit + DISCARDED_BYTES) {
      await reader.cancel();
      break;
    }
  }
  return size > limit || declared > limit ? null : join(chunks, size);
}

function join(chunks: readonly Uint8Array<ArrayBuffer>[], size: number): Uint8Array<ArrayBuffer> {
  const [only] = chunks;
  if (chunks.length === 1 && only) return only;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
