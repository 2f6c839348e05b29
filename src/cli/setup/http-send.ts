/** One bounded HTTP exchange that never throws and follows no redirect. */
import type { HttpAnswer, HttpQuestion } from "../../doctor/ports.ts";

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Sends it; what goes wrong is named by kind, never with an address or a header. */
export async function sendOverHttp(question: HttpQuestion): Promise<HttpAnswer> {
  const { url, method, headers, body } = question;
  if (!URL.canParse(url)) return { kind: "unreachable", cause: "not an address" };
  try {
    const response = await fetch(url, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(headers === undefined ? {} : { headers: { ...headers } }),
      ...(body === undefined ? {} : { body }),
    });
    const text = await readText(response);
    const { status } = response;
    return { kind: "answer", status, headers: Object.fromEntries(response.headers), text };
  } catch (error) {
    return { kind: "unreachable", cause: causeOf(error) };
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new RangeError("answer too long");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the name could not be looked up",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "a self-signed certificate in its chain; set NODE_EXTRA_CA_CERTS",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate cannot be verified",
};

function causeOf(error: unknown): string {
  if (error instanceof RangeError) return "its answer is too long";
  if (error instanceof DOMException && error.name === "TimeoutError") return "no answer in 15 s";
  const cause: unknown = error instanceof Error ? error.cause : null;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : "";
  return CAUSES[String(code)] ?? "the connection broke";
}
