/** Lets a person install the App, and notices it. */
import { type AppIdentity, installedFor, isInstalledOn } from "./app-api.ts";
import type { Plan } from "./settle-plan.ts";
import { waitFor, type World } from "./world.ts";

const LOOK_EVERY_MS = 2_000;

export interface InstallOrder {
  readonly plan: Plan;
  readonly slug: string;
  readonly identity: AppIdentity;
  readonly waitSeconds: number;
}

/** True once it is installed (on the repository, where one is named). */
export async function waitForInstallation(world: World, order: InstallOrder): Promise<boolean> {
  const { plan, slug, identity, waitSeconds } = order;
  const { say } = world;
  say.step("The installation");
  const look = async (): Promise<string | null> => {
    if (plan.repository !== null) {
      const name = `${plan.repository.owner}/${plan.repository.name}`;
      return (await isInstalledOn(world, identity, plan.repository)) ? name : null;
    }
    const owners = await installedFor(world, identity);
    return owners.length === 0 ? null : owners.join(", ");
  };
  const already = await look();
  if (already !== null) {
    say.done(`Installed for ${already}.`);
    return true;
  }
  const page = `${plan.webUrl}/apps/${slug}/installations/new`;
  const opened = waitSeconds > 0 && (await world.openBrowser(page));
  say.note(
    `${opened ? "Your browser shows" : "Open"} ${page}, choose the account and the repositories.`,
  );
  if (waitSeconds > 0)
    say.note(`Waiting for it, ${waitSeconds} s at most. (Ctrl+C is fine: run this again later.)`);
  const found = await waitFor(world, { seconds: waitSeconds, everyMs: LOOK_EVERY_MS }, look);
  if (found === null) say.note("Not installed yet. Run `merge-relay setup` again when it is.");
  else say.done(`Installed for ${found}.`);
  return found !== null;
}
