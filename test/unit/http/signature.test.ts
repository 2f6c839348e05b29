import { createHmac } from "node:crypto";
import { Webhooks } from "@octokit/webhooks";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createVerifier } from "../../../src/http/signature.ts";

/** Octokit's implementation is the measure: GitHub's own clients are checked with it. */

const secret = fc.string({ minLength: 1, unit: "grapheme", maxLength: 80 });
const text = fc.string({ minLength: 1, unit: "grapheme", maxLength: 400 });
const digest = fc.string({
  minLength: 64,
  maxLength: 64,
  unit: fc.constantFrom(...Array.from("0123456789abcdef")),
});

function bytesOf(body: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(body));
}

describe("a delivery's signature", () => {
  test("is taken when Octokit made it, and with every other secret it is not", async () => {
    await fc.assert(
      fc.asyncProperty(secret, secret, text, async (ours, other, body) => {
        const signature = await new Webhooks({ secret: ours }).sign(body);
        expect(await createVerifier([ours])(bytesOf(body), signature)).toBe(true);
        expect(await createVerifier([other])(bytesOf(body), signature)).toBe(other === ours);
      }),
    );
  });

  test("is judged as Octokit judges it, whatever digest it holds", async () => {
    await fc.assert(
      fc.asyncProperty(secret, text, digest, fc.boolean(), async (ours, body, hex, isReal) => {
        const webhooks = new Webhooks({ secret: ours });
        const signature = isReal ? await webhooks.sign(body) : `sha256=${hex}`;
        const judged = await webhooks.verify(body, signature);
        expect(await createVerifier([ours])(bytesOf(body), signature)).toBe(judged);
      }),
    );
  });

  test("fails with any one bit of the body or of the digest turned", async () => {
    await fc.assert(
      fc.asyncProperty(secret, text, fc.nat(), fc.boolean(), async (ours, body, at, inBody) => {
        const signature = await new Webhooks({ secret: ours }).sign(body);
        const bytes = bytesOf(body);
        const place = at % (8 * (inBody ? bytes.length : 32));
        const digestBytes = Buffer.from(signature.slice(7), "hex");
        const turned = inBody ? bytes : digestBytes;
        turned[place >> 3] = (turned[place >> 3] ?? 0) ^ (1 << (place & 7));
        const forged = `sha256=${digestBytes.toString("hex")}`;
        expect(await createVerifier([ours])(bytes, forged)).toBe(false);
      }),
    );
  });

  test("is of the bytes as they came, whether or not they are text", async () => {
    const bytes = new Uint8Array([0xff, 0xfe, 0x00, 0xc3]);
    const signature = `sha256=${createHmac("sha256", "s").update(bytes).digest("hex")}`;
    expect(await createVerifier(["s"])(bytes, signature)).toBe(true);
  });

  test("of the previous secret is taken as well while both are set", async () => {
    const signature = await new Webhooks({ secret: "old" }).sign("{}");
    expect(await createVerifier(["new", "old"])(bytesOf("{}"), signature)).toBe(true);
    expect(await createVerifier(["new"])(bytesOf("{}"), signature)).toBe(false);
  });

  test("of an empty body is judged like any other", async () => {
    const signature = `sha256=${createHmac("sha256", "s").update("").digest("hex")}`;
    expect(await createVerifier(["s"])(new Uint8Array(), signature)).toBe(true);
    expect(await createVerifier(["other"])(new Uint8Array(), signature)).toBe(false);
    expect(await createVerifier(["s"])(new Uint8Array(), null)).toBe(false);
  });
});
