/** The least Worker that could verify: read the bytes, HMAC by WebCrypto, a fixed answer in JSON. */
const ANSWER = '{"outcome":"ignored","reason":"event-not-used","delivery":"0"}';
const headers = { "content-type": "application/json" };
const encoder = new TextEncoder();
let key;

export async function verified(request, env) {
  const body = await request.arrayBuffer();
  key ??= await crypto.subtle.importKey(
    "raw",
    encoder.encode(env.GITHUB_WEBHOOK_SECRET),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const hex = (request.headers.get("x-hub-signature-256") ?? "").slice(7);
  return crypto.subtle.verify("HMAC", key, Uint8Array.fromHex(hex), body);
}

export function answer(status) {
  return new Response(ANSWER, { status, headers });
}

// oxlint-disable-next-line import/no-default-export -- what workerd calls
export default {
  async fetch(request, env) {
    return answer((await verified(request, env)) ? 202 : 401);
  },
};
