import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { decodeText, nonTextReason } from "../../../src/cli/decode-text.ts";
import { diagnose } from "../../../src/doctor/diagnosis/diagnose.ts";

const LOG = [
  "The push refers to repository [ghcr.io/acme/app]",
  "… ✓ 5f70bf18a086: Preparing",
  "denied: permission_denied: write_package",
  "",
].join("\r\n");

function utf16(text: string, order: "little" | "big", mark = "\uFEFF"): Buffer {
  const bytes = Buffer.from(mark + text, "utf16le");
  return order === "little" ? bytes : bytes.swap16();
}

test("reads what PowerShell's redirection writes, with the line numbers of the file", () => {
  const text = decodeText(utf16(LOG, "little"));
  expect(text).toBe(LOG);
  expect(diagnose({ log: text })).toMatchObject({
    cause: "package-access",
    evidence: [{ line: 3, text: "denied: permission_denied: write_package" }],
  });
});

test("reads UTF-16 of the other order, without its mark, and cut in the middle", () => {
  expect(decodeText(utf16(LOG, "big"))).toBe(LOG);
  expect(decodeText(utf16(LOG, "little", ""))).toBe(LOG);
  const cut = utf16(LOG, "big").subarray(0, -1);
  expect(decodeText(cut)).toBe(LOG.slice(0, -1));
});

test("leaves UTF-8 as it is, whatever its first bytes", () => {
  for (const text of ["", "a", LOG, `\uFEFF${LOG}`, "\u0000\u0000\u0000\u0000", "é"]) {
    expect(decodeText(Buffer.from(text))).toBe(text);
  }
});

/** Bytes without a pattern, the same each time. */
function noise(length: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length }, () => (state = (state * 48_271) % 2_147_483_647) % 256),
  );
}

test("names archives and binaries, and passes text with a stray zero byte", () => {
  expect(nonTextReason(`PK\u0003\u0004`)).toContain("zip archive");
  expect(nonTextReason(decodeText(Buffer.from([0x1f, 0x8b, 8, 0])))).toContain("compressed");
  expect(nonTextReason("\u0000".repeat(99))).toBe("it is no text");
  expect(nonTextReason(decodeText(noise(9_000)))).toBe("it is no text");
  expect(nonTextReason("\uFFFD".repeat(999))).toBeNull();
  expect(nonTextReason(`a\u0000b\n${LOG}`)).toBeNull();
  expect(nonTextReason("")).toBeNull();
});
