/** The examination itself, for `doctor` and for the end of `setup`. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { CHECKS, DEEP_CHECKS } from "../../doctor/all-checks.ts";
import type { CheckResult } from "../../doctor/check.ts";
import { createPatient, type Examination } from "../../doctor/patient.ts";
import type { DoctorPorts } from "../../doctor/ports.ts";
import { runChecks } from "../../doctor/run-checks.ts";
import type { CommandIo } from "../command-io.ts";
import { allowJsonOfActionsPackages } from "../json-modules.ts";
import { createAppToken } from "./app-token.ts";
import { createDoctorProgress, formatSummary } from "./doctor-report.ts";
import { givingUp } from "./give-up.ts";
import { sendOverHttp } from "./http-send.ts";
import { askLatestVersion } from "./latest-version.ts";

export interface DoctorOrder extends Omit<Examination, "ports" | "version"> {
  readonly deep: boolean;
  readonly json: boolean;
  /** Another network than the real one. */
  readonly send?: DoctorPorts["send"];
}

const SILENT = { started: () => undefined, ended: () => undefined, finish: () => undefined };

/** Examines and prints; the results are returned. */
export async function runDoctor(io: CommandIo, order: DoctorOrder): Promise<CheckResult[]> {
  const { deep, json, send = sendOverHttp, ...examination } = order;
  const patient = createPatient({
    ...examination,
    version: await ownVersion(),
    ports: createDoctorPorts(order.environment, givingUp(send)),
  });
  // One check loads GitHub's parser.
  allowJsonOfActionsPackages();
  const checks = [...CHECKS, ...(deep ? DEEP_CHECKS : [])];
  const progress = json ? SILENT : createDoctorProgress(io);
  const results = await runChecks(checks, patient, progress);
  progress.finish();
  if (!json) io.writeOut(formatSummary(results));
  return results;
}

/** Whether nothing failed: what could not be told is no failure. */
export function isHealthy(results: readonly CheckResult[]): boolean {
  return results.every(({ status }) => status !== "failed");
}

/** The real clock and key, and a network. */
function createDoctorPorts(
  environment: Readonly<Record<string, string>>,
  send: DoctorPorts["send"],
): DoctorPorts {
  return {
    send,
    now: () => Date.now(),
    sleep: (ms) => sleep(ms),
    appToken: createAppToken(environment),
    latestVersion: askLatestVersion,
  };
}

async function ownVersion(): Promise<string> {
  const file = new URL("../../../package.json", import.meta.url);
  const { version } = JSON.parse(await readFile(file, "utf8")) as { version: string };
  return version;
}
