import { Buffer } from "node:buffer";

/**
 * Text out of a file's bytes. Windows PowerShell writes UTF-16 where a user types `>`;
 * everything else is read as UTF-8. Counts of lines are the same in both.
 */
export function decodeText(bytes: Buffer): string {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return bytes.toString("utf16le", 2);
  if (first === 0xfe && second === 0xff) {
    const even = bytes.subarray(2, bytes.length - (bytes.length % 2));
    return Buffer.from(even).swap16().toString("utf16le");
  }
  // Without the mark, Latin letters still have a zero as every second byte.
  const bare = first !== 0 && second === 0 && third !== 0 && fourth === 0;
  return bare && bytes.length > 3 ? bytes.toString("utf16le") : bytes.toString("utf8");
}

/** Why the text is none that a person could read, or null if it is one. */
export function nonTextReason(text: string): string | null {
  if (text.startsWith("PK\u0003\u0004") || text.startsWith("PK\u0005\u0006")) {
    return "it is a zip archive; unpack it, and give the log of the job that failed";
  }
  if (text.startsWith("\u001F\uFFFD")) return "it is compressed; unpack it first";
  // A log may hold a stray zero byte, or words in another encoding; a binary file has both.
  const start = text.slice(0, 4_000);
  const zeros = start.split("\u0000").length - 1;
  const broken = start.split("\uFFFD").length - 1;
  return zeros > 40 || (zeros > 4 && broken > start.length / 5) ? "it is no text" : null;
}
