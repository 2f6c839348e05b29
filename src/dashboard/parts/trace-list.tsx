/** The rules that were tried, in order: what each saw, its verdict, what would have to change. */
import type { TraceStep } from "../../domain/trace.ts";
import { Sentence } from "./sentence.tsx";

export function TraceList({ trace }: { trace: readonly TraceStep[] }) {
  if (trace.length === 0) return <p class="soft">No rule has been tried yet.</p>;
  return (
    <ol class="rules">
      {trace.map((step) => (
        <li class={step.passed ? "yes" : "no"}>
          <strong>{step.rule}</strong>
          {step.route !== null && <span class="soft"> for route {step.route}</span>}
          <span class="hidden">{step.passed ? " passed" : " did not pass"}</span>
          <div class="meta">saw: {step.saw}</div>
          {step.change !== null && (
            <div>
              To change it: <Sentence text={step.change} />
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}
