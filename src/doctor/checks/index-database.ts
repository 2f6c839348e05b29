import { ok, unknown, warning } from "../check.ts";
import { askHealth, withoutRelay } from "../health.ts";
import type { Check } from "../patient.ts";

/** Whether the relay has its D1 database: without it nothing is lost, but lists are empty. */
export const indexCheck: Check = {
  name: "index",
  title: "Index for the lists (D1)",
  async run(patient) {
    const health = await askHealth(patient);
    if (health.kind !== "healthy") return withoutRelay(health);
    switch (health.said.index) {
      case "ready":
        return ok("The D1 database answers.");
      case undefined:
        return unknown({
          finding: "The relay does not say whether it has its D1 database.",
          reason: "It is older than this program.",
          remedy: "Deploy the present version: `npm run deploy`.",
        });
      case "unavailable":
        return warning({
          finding: "The D1 database is missing, or does not answer.",
          reason:
            "Merges are published all the same; the lists of the dashboard and of the API are not there, and overdue work is kicked later.",
          remedy:
            "Run `npm run deploy` by an account or token that may edit D1 (`npx wrangler login`): it creates and binds the database. If somebody deleted the database, take `database_id` out of wrangler.toml first. The relay fills it anew.",
        });
    }
  },
};
