import { notFound, text, type Answer } from "../answer.ts";
import type { Call, Route } from "../router.ts";
import { fullName, lookUpName } from "../world/find.ts";
import type { Repository } from "../world/state.ts";
import type { Room } from "./room.ts";

function escape(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function page(title: string, lines: readonly string[]): Answer {
  const items = lines.map((line) => `<li>${escape(line)}</li>`).join("");
  const head = `<!doctype html><meta charset="utf-8"><title>${escape(title)}</title>`;
  const note = "<p>Simulated GitHub</p>";
  return text(200, `${head}<h1>${escape(title)}</h1><ul>${items}</ul>${note}`, "text/html");
}

function onPublic(room: Room, call: Call, show: (repository: Repository) => Answer): Answer {
  const named = lookUpName(room.state, `${call.params["owner"]}/${call.params["repo"]}`);
  return named.kind === "found" && !named.repository.private ? show(named.repository) : notFound();
}

function runPage(room: Room, call: Call): Answer {
  return onPublic(room, call, (repository) => {
    const run = room.state.runs.get(Number(call.params["run"]));
    return run === undefined || run.repositoryId !== repository.id
      ? notFound()
      : page(run.displayTitle, [
          `${run.workflowName} in ${fullName(repository)}`,
          `${run.event} by ${run.actor.login}`,
          run.conclusion ?? run.status,
        ]);
  });
}

function pullPage(room: Room, call: Call): Answer {
  return onPublic(room, call, (repository) => {
    const pull = repository.pulls.get(Number(call.params["number"]));
    return pull === undefined
      ? notFound()
      : page(pull.title, [
          `${fullName(repository)} number ${pull.number} by ${pull.user.login}`,
          pull.merged ? "merged" : pull.state,
        ]);
  });
}

/** What the links of answers lead to: plain pages of public repositories. */
export function pageRoutes(room: Room): Route[] {
  return [
    {
      method: "GET",
      pattern: "/:owner/:repo/actions/runs/:run",
      auth: "web",
      handle: (call) => runPage(room, call),
    },
    {
      method: "GET",
      pattern: "/:owner/:repo/pull/:number",
      auth: "web",
      handle: (call) => pullPage(room, call),
    },
  ];
}
