/** What the doctor needs of the world; the command gives it the real one, tests a planted one. */

export interface HttpQuestion {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type HttpAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
    }
  /** No whole answer; the cause never holds an address or a secret. */
  | {
      readonly kind: "unreachable";
      readonly cause: string;
      /** Of the answer that kept the question from being asked, where there was one. */
      readonly status?: number;
    };

export interface DoctorPorts {
  /** Sends as it is: no redirects are followed, and nothing throws. */
  send(question: HttpQuestion): Promise<HttpAnswer>;
  /** Milliseconds since 1970, by this machine's clock. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** A token that speaks for the App, or null when the key cannot sign. */
  appToken(): Promise<string | null>;
  /** The newest released version, or null where that cannot be asked. */
  latestVersion(): Promise<string | null>;
}
