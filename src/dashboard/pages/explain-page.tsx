/** GET /repos/OWNER/NAME/explain?pull_request=N: the policy about any pull request, merged or not. */
import type { Room } from "../access.ts";
import { MESSAGES, message } from "../messages.tsx";
import { DispatchRows } from "../parts/dispatch-rows.tsx";
import { repositoryPath, Sha } from "../parts/links.tsx";
import { PlanView } from "../parts/plan-view.tsx";
import { page, type Shown } from "../shown.ts";
import { Heading } from "./heading.tsx";
import { readWholeNumber } from "./publish-form.ts";

export async function showExplanation({ visit, repository, desk }: Room): Promise<Shown> {
  const text = visit.url.searchParams.get("pull_request") ?? "";
  const number = readWholeNumber(text.replace(/^#/, ""));
  const back = { href: repositoryPath(repository), label: "Back to the repository" };
  if (number === null) {
    const says = "A pull request has a whole number, such as 42.";
    return message({ status: 400, title: "Which pull request?", text: says, action: back });
  }
  const answer = await desk.explain(repository, number);
  if (answer.kind === "later") return MESSAGES.githubAway(visit.url.pathname + visit.url.search);
  if (answer.kind === "absent") {
    const says = `GitHub has no pull request #${number} in ${repository.owner}/${repository.name}.`;
    return message({ status: 404, title: "No such pull request", text: says, action: back });
  }
  const { explanation } = answer;
  const { verdict, sha, branch, dispatches } = explanation;
  return page(
    `#${number} explained`,
    <>
      <Heading title={`Pull request #${number}`} within={repository}>
        {verdict === "dispatch" && (
          <a
            class="button main"
            href={repositoryPath(repository, `/publish/review?kind=pull&pull_request=${number}`)}
          >
            Publish…
          </a>
        )}
      </Heading>
      <section class="card" aria-label="Verdict">
        <p>
          <strong>
            {verdict === "dispatch" ? "The rules let it through." : `The rules say: ${verdict}.`}
          </strong>{" "}
          <Sha sha={sha} />
          {branch !== null && ` on ${branch}`}
        </p>
      </section>
      <section class="card" aria-labelledby="done">
        <h2 id="done">What was done</h2>
        {dispatches.length > 0 ? (
          <DispatchRows rows={dispatches} showsRepository={false} />
        ) : (
          <p class="soft">Nothing has been dispatched for it.</p>
        )}
      </section>
      <PlanView plan={explanation} />
    </>,
  );
}
