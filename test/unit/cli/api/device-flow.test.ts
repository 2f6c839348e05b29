/** Signing in at a terminal, against the simulated GitHub and a clock that the waiting moves. */
import { expect, onTestFinished, test } from "vitest";
import { signInByDevice } from "../../../../src/cli/api/device-flow.ts";
import { generateAppKey } from "../../../../src/simulator/keys.ts";
import { startSimulator } from "../../../../src/simulator/simulator.ts";

const key = await generateAppKey();

async function startGitHub() {
  let clock = Date.now();
  const simulator = await startSimulator({ key, now: () => clock });
  onTestFinished(() => simulator.close());
  const { world } = simulator;
  const waits: number[] = [];
  const told: { code: string; address: string }[] = [];
  const signIn = (whileWaiting: (round: number) => void = () => {}) =>
    signInByDevice({
      clientId: simulator.app.clientId,
      webUrl: simulator.url,
      tell: (code, address) => void told.push({ code, address }),
      now: () => clock,
      sleep: (ms) => {
        waits.push(ms / 1_000);
        clock += ms;
        whileWaiting(waits.length);
        return Promise.resolve();
      },
    });
  const approve = () => void world.approveDevice(told[0]?.code ?? "", "mia");
  return { simulator, world, waits, told, signIn, approve };
}

test("shows the code and the page, waits as it is asked to, and brings the token", async () => {
  const { simulator, waits, told, signIn, approve } = await startGitHub();
  const token = await signIn((round) => round === 3 && approve());
  expect(told).toMatchObject([{ address: `${simulator.url}/login/device` }]);
  expect(waits).toEqual([5, 5, 5]);
  const response = await fetch(`${simulator.url}/user`, {
    headers: { authorization: `Bearer ${token}`, "user-agent": "test" },
  });
  expect(await response.json()).toMatchObject({ login: "mia" });
});

test("stays slow once GitHub has asked for it", async () => {
  const { world, waits, signIn, approve } = await startGitHub();
  world.failDevicePolls("slow_down", "authorization_pending", "slow_down");
  await signIn((round) => round === 4 && approve());
  expect(waits).toEqual([5, 10, 10, 15]);
});

test("outlives a poll whose answer is lost", async () => {
  const { simulator, waits, signIn, approve } = await startGitHub();
  const path = "/login/oauth/access_token";
  simulator.faults.add({ match: { path, nth: 1 }, action: { kind: "reset" } });
  simulator.faults.add({ match: { path, nth: 2 }, action: { kind: "html-502" } });
  await signIn((round) => round === 3 && approve());
  expect(waits).toHaveLength(3);
});

test("ends with a sentence when the person refuses or is too late", async () => {
  const refused = await startGitHub();
  const denying = refused.signIn(() => void refused.world.denyDevice(refused.told[0]?.code ?? ""));
  await expect(denying).rejects.toThrow("You did not agree");
  const late = await startGitHub();
  await expect(late.signIn()).rejects.toThrow("not typed in in time");
  expect(late.waits.length).toBeLessThan(200);
});

test("says what to do about an App without this sign-in, or without this name", async () => {
  const { simulator, world, signIn } = await startGitHub();
  world.deviceFlow.enabled = false;
  await expect(signIn()).rejects.toThrow("Enable Device Flow");
  const other = signInByDevice({ clientId: "Iv1.other", webUrl: simulator.url, tell: String });
  await expect(other).rejects.toThrow("--client-id");
});

test("shows no page but GitHub's own", async () => {
  const { simulator, told, signIn, approve } = await startGitHub();
  simulator.faults.add({
    match: { path: "/login/device/code", nth: 1 },
    action: {
      kind: "status",
      status: 200,
      body: {
        device_code: "d",
        user_code: "ABCD-EFGH",
        verification_uri: "https://evil.example/login/device",
        expires_in: 6,
        interval: 5,
      },
    },
  });
  await expect(signIn(approve)).rejects.toThrow("GitHub ended the sign-in");
  expect(told).toEqual([{ code: "ABCD-EFGH", address: `${simulator.url}/login/device` }]);
});
