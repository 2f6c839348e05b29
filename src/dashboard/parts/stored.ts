/** What a ledger keeps as JSON, read back as what it should be; anything else counts as missing. */
import * as v from "valibot";

const receiptSchema = v.object({
  image: v.string(),
  digest: v.string(),
  tags: v.array(v.string()),
  platforms: v.array(v.string()),
});
const diagnosisSchema = v.object({
  cause: v.string(),
  confidence: v.string(),
  evidence: v.array(v.object({ line: v.nullable(v.number()), text: v.string() })),
  explanation: v.string(),
  remedy: v.string(),
});

export type StoredReceipt = v.InferOutput<typeof receiptSchema>;
export type StoredDiagnosis = v.InferOutput<typeof diagnosisSchema>;

export function readReceipt(stored: unknown): StoredReceipt | null {
  const parsed = v.safeParse(receiptSchema, stored);
  return parsed.success ? parsed.output : null;
}

export function readDiagnosis(stored: unknown): StoredDiagnosis | null {
  const parsed = v.safeParse(diagnosisSchema, stored);
  return parsed.success ? parsed.output : null;
}
