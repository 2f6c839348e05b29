/**
 * What a format of the configuration is: a pattern that editors can check too,
 * a test for what a pattern cannot say, and advice for whoever broke it.
 */
export interface TextFormat {
  readonly maxLength: number;
  /** Also goes into the JSON Schema, so it keeps to what every engine knows. */
  readonly pattern: RegExp;
  /** Rules beyond the pattern; asked only of text that matches it. */
  readonly isValid: (text: string) => boolean;
  /** Says what is wrong with text that the format refused; at most `maxLength` long. */
  readonly advise: (text: string) => Advice;
}

export interface Advice {
  readonly message: string;
  readonly suggestion: string | null;
}

/** Whether text has the format in full. */
export function hasFormat(format: TextFormat, text: string): boolean {
  return text.length <= format.maxLength && format.pattern.test(text) && format.isValid(text);
}

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}`]/u;

/**
 * Pairs a message with a candidate, which is dropped unless the format would
 * take it and it can be shown on one line as it is.
 */
export function advice(format: TextFormat, message: string, candidate: string | null): Advice {
  const isUsable =
    candidate !== null && !UNPRINTABLE.test(candidate) && hasFormat(format, candidate);
  return { message, suggestion: isUsable ? candidate : null };
}

/** For a format that its pattern describes in full. */
export function always(): boolean {
  return true;
}
