/** Tokens that speak for the App, from its id and key. */
import { createAppAuth } from "@octokit/auth-app";
import { readPrivateKey } from "../../github/private-key.ts";

/** Makes the question; null where id or key cannot sign. Every token is new: a clock may be mended. */
export function createAppToken(
  environment: Readonly<Record<string, string>>,
): () => Promise<string | null> {
  const appId = environment["GITHUB_APP_ID"] ?? "";
  const key = readPrivateKey(environment["GITHUB_APP_PRIVATE_KEY"] ?? "");
  if (appId === "" || key.kind === "unusable") return () => Promise.resolve(null);
  const log = { warn: () => undefined, error: () => undefined };
  const auth = createAppAuth({ appId, privateKey: key.pkcs8, log });
  return async () => {
    try {
      return (await auth({ type: "app" })).token;
    } catch {
      return null;
    }
  };
}
