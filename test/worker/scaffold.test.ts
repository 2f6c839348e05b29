import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
test("x", async () => expect((await exports.default.fetch("http://x/")).status).toBe(200));
