import { expect, test } from "vitest";
import { startAcme } from "./support/acme.ts";
import { createClient } from "./support/client.ts";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** A device that has its code, at a GitHub whose clock the test moves. */
async function startDevice(
  choose?: (world: Awaited<ReturnType<typeof startAcme>>["world"]) => void,
) {
  let clock = Date.now();
  const { simulator, world } = await startAcme({ now: () => clock });
  choose?.(world);
  const anonymous = createClient(simulator, null);
  const post = async (path: string, fields: Record<string, string>) => {
    const body = { client_id: simulator.app.clientId, ...fields };
    const headers = { "content-type": "application/json", accept: "application/json" };
    const asked = { body, headers, unchecked: true };
    return (await anonymous(`POST ${path}`, asked)).body;
  };
  const started = await post("/login/device/code", {});
  const poll = () =>
    post("/login/oauth/access_token", { device_code: started.device_code, grant_type: GRANT });
  const later = (seconds: number) => void (clock += seconds * 1_000);
  return { simulator, world, started, poll, later };
}

test("gives a token once the code was typed in, and that once only", async () => {
  const { world, started, poll, later } = await startDevice();
  expect(started.user_code).toMatch(/^[0-9A-F]{4}-[0-9A-F]{4}$/);
  expect((await poll()).error).toBe("authorization_pending");
  expect(world.approveDevice(started.user_code, "mia")).toBe(true);
  later(5);
  expect((await poll()).access_token).toMatch(/^ghu_/);
  expect((await poll()).error).toBe("incorrect_device_code");
});

test("asks a device that is in a hurry to slow down, for good", async () => {
  const { poll, later, started } = await startDevice();
  expect(started.interval).toBe(5);
  await poll();
  expect(await poll()).toMatchObject({ error: "slow_down", interval: 10 });
  later(5);
  expect(await poll()).toMatchObject({ error: "slow_down", interval: 15 });
  later(15);
  expect((await poll()).error).toBe("authorization_pending");
});

test("says when the person refuses, and when the code is too old", async () => {
  const refused = await startDevice();
  refused.world.denyDevice(refused.started.user_code);
  expect((await refused.poll()).error).toBe("access_denied");
  const late = await startDevice();
  late.later(901);
  expect((await late.poll()).error).toBe("expired_token");
});

test("gives no code for an App that does not allow it", async () => {
  const { started } = await startDevice((world) => void (world.deviceFlow.enabled = false));
  expect(started.error).toBe("device_flow_disabled");
});

test("fails the next polls as it was told to", async () => {
  const { world, poll, later } = await startDevice();
  world.failDevicePolls("slow_down", "access_denied");
  expect((await poll()).error).toBe("slow_down");
  later(10);
  expect((await poll()).error).toBe("access_denied");
});

test("has a page where whoever is signed in types the code in", async () => {
  const { simulator, world, started, poll } = await startDevice();
  const typeIn = async (code: string) => {
    const body = new URLSearchParams({ user_code: code });
    return (await fetch(started.verification_uri, { method: "POST", body })).text();
  };
  expect(await (await fetch(`${simulator.url}/login/device`)).text()).toContain("<form");
  expect(await typeIn(started.user_code)).toContain("not valid");
  world.signIn("mia");
  expect(await typeIn("0000-0000")).toContain("not valid");
  expect(await typeIn(` ${started.user_code.toLowerCase()}`)).toContain("connected");
  expect((await poll()).access_token).toMatch(/^ghu_/);
});
