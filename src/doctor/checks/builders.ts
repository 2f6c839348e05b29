import { CONFIGURATION_PATH, parseConfiguration, type Route } from "../../domain/configuration.ts";
import { matchesAny } from "../../domain/glob.ts";
import { failed, ok, skipped, unknown, type Verdict } from "../check.ts";
import { describe } from "../facts.ts";
import { LINKS } from "../links.ts";
import { type Check, createPatient, type Patient } from "../patient.ts";
import { routesOf, sourcesOf } from "../routes.ts";
import { readWorkflow } from "../workflow-text.ts";
import { needsRepository, type WithRepository } from "./needs-repository.ts";
import { worstOf } from "./worst-of.ts";

/** Whether each other repository that a route names as builder takes this one's dispatches. */
export const buildersCheck: Check = {
  name: "builders",
  title: "Builder repositories",
  run: (patient) =>
    needsRepository(patient, async (whole) => {
      const routes = await routesOf(whole);
      const foreign =
        routes.kind === "file" ? routes.routes.filter(({ builder }) => builder !== null) : [];
      const sources = sourcesOf(routes);
      if (sources !== null) {
        return ok(`It is a builder itself, for ${sources}; \`--repo\` one of them looks at both.`);
      }
      if (foreign.length === 0) return ok("Every route runs a workflow of this repository.");
      return worstOf(await Promise.all(foreign.map((route) => judge(route, whole))));
    }),
};

/** A builder under the same App, and the repository that names it. */
interface Pair {
  readonly builder: Patient;
  /** `owner/name` of the builder. */
  readonly named: string;
  readonly source: string;
  readonly route: Route;
}

async function judge(route: Route, whole: WithRepository): Promise<Verdict> {
  const builder = createPatient({ ...whole, repository: route.builder });
  const { owner = "", name = "" } = route.builder ?? {};
  const pair = { builder, named: `${owner}/${name}`, source: whole.fullName, route };
  const installation = await builder.github.installation();
  if (installation.kind === "absent") return notInstalled(pair, await whole.github.app());
  const repository = await builder.github.repository();
  if (repository.kind !== "known") return untold(pair, describe(repository));
  return (await judgeAcceptance(pair)) ?? judgeWorkflow(pair, repository.value.default_branch);
}

function notInstalled({ named, source, builder, route }: Pair, app: Known): Verdict {
  const slug = app.kind === "known" ? app.value.slug : "";
  const link = `${builder.github.web}/apps/${slug}/installations/new`;
  return failed({
    finding: `The App is not installed on ${named}, the builder of route ${route.name}.`,
    reason: `Every merge into ${source} is rejected: builder-not-accepting. (A misspelt name looks the same.)`,
    remedy: `Open ${link}, include ${named}, and let its ${CONFIGURATION_PATH} accept ${source}.`,
    link,
  });
}

type Known = Awaited<ReturnType<Patient["github"]["app"]>>;

function untold({ named }: Pair, why: string): Verdict {
  return unknown({
    finding: `The builder ${named} could not be read: ${why}.`,
    reason: "Whether it accepts this repository stands in a file there.",
    remedy: `Run the doctor with --repo ${named}; mend what “installation” says there.`,
  });
}

/** Null where the builder's own file accepts the source. */
async function judgeAcceptance(pair: Pair): Promise<Verdict | null> {
  const { builder, named, source, route } = pair;
  const file = await builder.github.file(CONFIGURATION_PATH);
  if (file.kind === "unknown") return untold(pair, describe(file));
  const parsed = file.kind === "known" ? parseConfiguration(file.value) : null;
  if (parsed?.kind === "invalid") {
    return failed({
      finding: `${CONFIGURATION_PATH} of the builder ${named} is not valid, so it accepts nobody.`,
      reason: `Every merge into ${source} is rejected: builder-not-accepting.`,
      remedy: `Correct it: \`merge-relay doctor --repo ${named}\` names the lines.`,
      link: linkOf(pair),
    });
  }
  const accept = parsed?.configuration.accept ?? [];
  if (matchesAny(accept, source, { ignoreCase: true })) return null;
  return failed({
    finding: `${named}, the builder of route ${route.name}, does not accept ${source} (it accepts ${accept.join(", ") || "nobody"}).`,
    reason: `Both sides must agree: every merge into ${source} is rejected: builder-not-accepting.`,
    remedy:
      parsed === null
        ? `Put ${CONFIGURATION_PATH} on the default branch of ${named}, with \`version: 1\` and \`accept: [${source}]\`.`
        : `Add ${source} to \`accept:\` in ${CONFIGURATION_PATH} on the default branch of ${named}.`,
    link: linkOf(pair),
  });
}

function linkOf({ builder, named }: Pair): string {
  return `${builder.github.web}/${named}/blob/HEAD/${CONFIGURATION_PATH}`;
}

/** The file there, and the input that a builder of others is sent beside the usual ones. */
async function judgeWorkflow(pair: Pair, defaultBranch: string): Promise<Verdict> {
  const { builder, named, route } = pair;
  const path = `.github/workflows/${route.workflow}`;
  const file = await builder.github.file(path, route.ref ?? defaultBranch);
  if (file.kind === "unknown") return untold(pair, describe(file));
  if (file.kind === "absent") {
    return failed({
      finding: `The builder ${named} has no ${path} on “${route.ref ?? defaultBranch}”.`,
      reason: "There is nothing that the relay could start: workflow-not-found.",
      remedy: `Put it there, or correct \`workflow:\` of route ${route.name}.`,
      link: LINKS.dispatch,
    });
  }
  const read = readWorkflow(file.value);
  if (read.kind === "unreadable")
    return skipped(`${path} of ${named} cannot be read: ${read.why}.`);
  if (read.workflow.inputs?.has("repository") !== true) {
    return failed({
      finding: `${path} of the builder ${named} does not declare the input repository.`,
      reason: "It is sent to every builder of others, and GitHub refuses an unknown input (422).",
      remedy: "Add `repository: { type: string }` under `on.workflow_dispatch.inputs` there.",
      link: LINKS.dispatch,
    });
  }
  return ok(`${named} accepts ${pair.source}, and has ${path}.`);
}
