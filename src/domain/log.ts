/**
 * What the relay says about itself: an event and flat fields. Never a payload, a header, a token or
 * a text that somebody else wrote.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Log {
  info(event: string, fields: LogFields): void;
  warn(event: string, fields: LogFields): void;
  error(event: string, fields: LogFields): void;
}

/** Tells an operator: a stable event, a sentence for people, flat fields. */
export type Alert = (event: string, text: string, fields: LogFields) => void;
