/** A container engine of our own: dockerd on a socket in a scratch folder, and its BuildKit on a TCP port. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { runCommand, startDaemon } from "./processes.ts";
import type { RegistryTools } from "./registry-tools.ts";

export interface BuildEngine {
  readonly dockerHost: string;
  /** `tcp://…`, for `docker buildx create --driver remote`. */
  readonly buildkit: string;
  stop(): Promise<void>;
}

/** Starts dockerd (about 1 s) without touching the machine's network set-up. */
export async function startBuildEngine(tools: RegistryTools, folder: string): Promise<BuildEngine> {
  await mkdir(folder, { recursive: true });
  const socket = join(folder, "docker.sock");
  const config = join(folder, "daemon.json");
  const network = { iptables: false, ip6tables: false, bridge: "none", "ip-forward": false };
  await writeFile(
    config,
    JSON.stringify({ features: { "containerd-snapshotter": true }, ...network }),
  );
  const env = { ...process.env, PATH: [...tools.path, process.env["PATH"]].join(":") };
  const dockerHost = `unix://${socket}`;
  const places = ["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")];
  const files = ["--config-file", config, "--pidfile", join(folder, "docker.pid")];
  const daemon = await startDaemon("dockerd", [...files, ...places, "-H", dockerHost], {
    env,
    log: join(folder, "dockerd.log"),
    isReady: async () =>
      (await runCommand("docker", ["-H", dockerHost, "info"], { env })).code === 0,
  });
  const bridge = await bridgeBuildKit(socket);
  return {
    dockerHost,
    buildkit: `tcp://127.0.0.1:${bridge.port}`,
    stop: async () => {
      bridge.close();
      await daemon.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * dockerd offers its BuildKit behind an HTTP upgrade on its socket. The docker driver of buildx cannot push
 * by digest and the container driver would pull an image, so the remote driver gets a plain port.
 */
async function bridgeBuildKit(socket: string): Promise<{ port: number; close: () => void }> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const engine = connect(socket);
    for (const end of [client, engine]) {
      open.add(end);
      end.on("error", () => end.destroy());
      end.on("close", () => {
        open.delete(end);
        client.destroy();
        engine.destroy();
      });
    }
    engine.write(
      "POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    );
    skipHead(engine, (rest) => {
      client.write(rest);
      engine.pipe(client);
      client.pipe(engine);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    server.close();
    for (const end of open) end.destroy();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

function skipHead(socket: Socket, then: (rest: Buffer) => void): void {
  let head = Buffer.alloc(0);
  const take = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    socket.off("data", take);
    socket.pause();
    then(head.subarray(end + 4));
  };
  socket.on("data", take);
}
