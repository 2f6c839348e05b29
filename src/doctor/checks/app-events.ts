import { failed, ok, type Verdict, warning } from "../check.ts";
import { appPage } from "../links.ts";
import type { Check } from "../patient.ts";
import { COMMENT_EVENTS, EVENT_LOSSES, NEEDED_EVENTS, USEFUL_EVENTS } from "../requirements.ts";
import { needsApp, type WithApp } from "./needs-app.ts";

/** Whether GitHub tells the relay of what wakes it. */
export const appEventsCheck: Check = {
  name: "app-events",
  title: "Events of the App",
  run: (patient) => needsApp(patient, judge),
};

function judge({ app, github }: WithApp): Verdict {
  const lacks = (names: readonly string[]) => names.filter((name) => !app.events.includes(name));
  const link = appPage(github, app, "/permissions");
  const missing = lacks(Object.keys(NEEDED_EVENTS));
  if (missing.length > 0) {
    return failed({
      finding: `The App does not subscribe to ${missing.join(", ")}.`,
      reason: `Without it, ${missing.map((name) => NEEDED_EVENTS[name]).join("; ")}.`,
      remedy: remedy(missing),
      link,
    });
  }
  // Commands in comments are a choice, made by granting the permission.
  const comments = app.permissions["issues"] === undefined ? [] : lacks(COMMENT_EVENTS);
  const useful = [...lacks(USEFUL_EVENTS), ...comments];
  if (useful.length > 0) {
    return warning({
      finding: `The App does not subscribe to ${useful.join(", ")}.`,
      reason: `Without it, ${useful.map((name) => EVENT_LOSSES[name]).join("; ")}.`,
      remedy: remedy(useful),
      link,
    });
  }
  return ok(
    `Subscribed to ${Object.keys(NEEDED_EVENTS).join(", ")} and the rest; presses of the check run's button and of “Re-run” come by themselves.`,
  );
}

function remedy(names: readonly string[]): string {
  return `Under “Permissions & events” of the App, “Subscribe to events”, tick ${names.join(", ")} and save.`;
}
