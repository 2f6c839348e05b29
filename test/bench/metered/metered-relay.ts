/** The relay with meters on what is billed. */
import { fileURLToPath } from "node:url";
import type { Core } from "../processes/children.ts";
import type { Receiver } from "../processes/receiver.ts";
import { prepareRelay } from "../processes/relay.ts";
import type { BenchSecrets } from "../processes/secrets.ts";

export interface Meter {
  /** Requests to the Worker. */
  readonly deliveries: number;
  /** Deliveries handed to an object: one call each. */
  readonly accepts: number;
  readonly alarms: number;
  /** Each is billed as a row written. */
  readonly alarmsSet: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** Time within calls and alarms; while both are idle an object costs nothing. */
  readonly awakeMs: number;
  readonly githubCalls: number;
  /** Statements for the index, each with one row of it. */
  readonly indexQueries: number;
  /** One object's calls of another. */
  readonly objectCalls: number;
  readonly mostGithubCallsPerAlarm: number;
  readonly mostIndexQueriesPerAlarm: number;
  readonly mostObjectCallsPerAlarm: number;
}

/** What may happen in one alarm, beside what is summed up. */
export type Most =
  | "mostGithubCallsPerAlarm"
  | "mostIndexQueriesPerAlarm"
  | "mostObjectCallsPerAlarm";

export interface MeteredRelay {
  readonly receiver: Receiver;
  /** What was used since the last time. */
  take(): Promise<Meter>;
}

const METERED = fileURLToPath(new URL("metered.js", import.meta.url));

/** Prepares it; the receiver is started by the caller. */
export async function prepareMeteredRelay(
  secrets: BenchSecrets,
  place: {
    readonly githubUrl: string;
    readonly within: string;
    readonly settings?: Readonly<Record<string, string>>;
    readonly core?: Core;
  },
): Promise<MeteredRelay> {
  const receiver = await prepareRelay(secrets, { name: "metered", ...place, front: METERED });
  return {
    receiver,
    async take() {
      const url = new URL("/meter", receiver.url());
      const response = await fetch(url, { method: "DELETE" });
      return await response.json();
    },
  };
}
