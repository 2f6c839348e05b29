/** What is shown after an order, a replay or a dry run that came to no plan. */
import type { OrderAnswer } from "../../domain/order.ts";
import type { Room } from "../access.ts";
import { MESSAGES, message } from "../messages.tsx";
import { dispatchPath, repositoryPath } from "../parts/links.tsx";
import { PlanView } from "../parts/plan-view.tsx";
import { page, type Shown } from "../shown.ts";
import { Heading } from "./heading.tsx";

/** Leads to the one dispatch that was taken, or to the list; `again` is where the way began. */
export function showAnswer({ repository }: Room, answer: OrderAnswer, again: string): Shown {
  switch (answer.kind) {
    case "taken": {
      const [first, ...others] = answer.dispatches;
      const isOne = first !== undefined && others.length === 0;
      const to = isOne ? dispatchPath(repository, first.id) : repositoryPath(repository);
      return { kind: "redirect", to };
    }
    case "planned":
    case "denied":
      return page(
        "Not published",
        <>
          <Heading title="The rules do not let it through" within={repository} />
          <PlanView plan={answer.plan} />
        </>,
        { status: 422 },
      );
    case "moved":
      return message({
        status: 409,
        title: "The commit has moved",
        text: `It is ${answer.sha ?? "gone"} now, not the one that you reviewed. Nothing was published.`,
        action: { href: again, label: "Review again" },
      });
    case "key-reused":
      return message({
        status: 409,
        title: "This form was sent before with other values",
        text: "Nothing was published a second time.",
        action: { href: again, label: "Review again" },
      });
    case "absent":
      return message({
        status: 404,
        title: "GitHub does not have this",
        text: "No such pull request, commit, tag or dispatch in this repository.",
        action: { href: repositoryPath(repository), label: "Back to the repository" },
      });
    case "later":
      return MESSAGES.githubAway(again);
  }
}
