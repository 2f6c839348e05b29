/** Adapters for the actions that the shipped files use: the real tools with the flags the actions pass. */
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../processes.ts";
import { checkOut } from "./checkout.ts";
import type { JobState } from "./job-state.ts";

export interface ActionCall {
  readonly uses: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Record<string, string>;
}

type Adapter = (state: JobState, call: ActionCall) => Promise<number>;

const ADAPTERS: Readonly<Record<string, Adapter>> = {
  "actions/attest": attest,
  "actions/checkout": checkOut,
  "docker/build-push-action": buildPush,
  "docker/login-action": logIn,
  "docker/setup-buildx-action": setUpBuildx,
  "docker/setup-qemu-action": async () => 0,
};

/** The exit code of the action. One without an adapter is a bug of the lab and throws. */
export async function runAction(state: JobState, call: ActionCall): Promise<number> {
  const adapter = ADAPTERS[call.uses.split("@")[0] ?? ""];
  if (adapter === undefined) throw new Error(`no adapter for ${call.uses}`);
  return adapter(state, call);
}

async function attest(state: JobState, { inputs }: ActionCall): Promise<number> {
  state.run.attested.push(`${inputs["subject-name"]}@${inputs["subject-digest"]}`);
  return 0;
}

/** Writes the credential where `docker login` would; like it, fails when the registry refuses it. */
async function logIn(state: JobState, { inputs, env }: ActionCall): Promise<number> {
  const registry = inputs["registry"] ?? "docker.io";
  const auth = Buffer.from(`${inputs["username"]}:${inputs["password"]}`).toString("base64");
  const answer = await fetch(`http://${registry}/token?service=${registry}`, {
    headers: { authorization: `Basic ${auth}` },
  });
  if (!answer.ok) {
    state.log.line(
      `##[error]Error response from daemon: Get "https://${registry}/v2/": denied: denied`,
    );
    return 1;
  }
  await changeConfig(env, (config) => ({ ...config, auths: { [registry]: { auth } } }));
  state.log.line("Login Succeeded!");
  return 0;
}

async function setUpBuildx(state: JobState, { env }: ActionCall): Promise<number> {
  const { engine } = state.run.world;
  const flags = ["--name", "lab", "--driver", "remote", "--use", engine.buildkit];
  return docker(state, ["buildx", "create", ...flags], env);
}

async function buildPush(state: JobState, { inputs, env }: ActionCall): Promise<number> {
  const metadata = join(state.temp, "build-metadata.json");
  const flags = ["--metadata-file", metadata];
  const one = (flag: string, value: string | undefined): void => {
    if (value !== undefined && value !== "") flags.push(`--${flag}`, value);
  };
  for (const [flag, input] of Object.entries({
    label: "labels",
    annotation: "annotations",
    tag: "tags",
  })) {
    for (const value of (inputs[input] ?? "").split("\n")) one(flag, value.trim());
  }
  one("file", inputs["file"]);
  one("platform", inputs["platforms"]);
  one("output", inputs["outputs"]);
  // The SBOM generator is an image that this lab cannot pull, and there is no GitHub cache here.
  one("provenance", inputs["provenance"]);
  if (inputs["no-cache"] === "true") flags.push("--no-cache");
  if (inputs["push"] === "true") flags.push("--push");
  if (inputs["load"] === "true") flags.push("--load");
  // One engine plays the engines of all runners; two builds that name one image at once would collide in it.
  const turn = { group: "build engine", queue: "max" } as const;
  const code = await state.run.world.engineQueue.enter(turn, async () =>
    docker(state, ["buildx", "build", ...flags, inputs["context"] ?? "."], env),
  );
  if (code === "cancelled") throw new Error("more than a hundred builds wait for the engine");
  if (code !== 0) return code;
  const { "containerimage.digest": digest } = JSON.parse(await readFile(metadata, "utf8")) as {
    "containerimage.digest"?: string;
  };
  await appendFile(env["GITHUB_OUTPUT"] ?? "", `digest=${digest ?? ""}\n`);
  return 0;
}

async function docker(
  state: JobState,
  args: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  await changeConfig(env, (config) => config);
  const onChunk = (chunk: string): void => state.log.chunk(chunk);
  const { code } = await runCommand("docker", args, { cwd: state.workspace, env, onChunk });
  return code;
}

async function changeConfig(
  env: Record<string, string>,
  change: (config: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  const file = join(env["DOCKER_CONFIG"] ?? "", "config.json");
  const config = JSON.parse(await readFile(file, "utf8").catch(() => "{}")) as Record<
    string,
    unknown
  >;
  await writeFile(file, JSON.stringify(change(config)));
}
