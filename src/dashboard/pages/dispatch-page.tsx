/** GET /repos/OWNER/NAME/dispatches/ID: one dispatch, from its cause to its image. */
import type { Child } from "hono/jsx";
import { isFinal } from "../../domain/dispatch-state.ts";
import type { DispatchView, HistoryView } from "../../domain/dispatch-view.ts";
import type { Room } from "../access.ts";
import type { DashboardOptions } from "../options.ts";
import { MESSAGES } from "../messages.tsx";
import { subjectOf } from "../parts/dispatch-rows.tsx";
import { dispatchPath, OutLink, repositoryPath } from "../parts/links.tsx";
import { ReasonNote } from "../parts/reason-note.tsx";
import { Sentence } from "../parts/sentence.tsx";
import { LOOKS, StateMark } from "../parts/state-mark.tsx";
import { readDiagnosis, readReceipt, type StoredDiagnosis } from "../parts/stored.ts";
import { TraceList } from "../parts/trace-list.tsx";
import { When } from "../parts/when.tsx";
import { page, type PathParts, type Shown } from "../shown.ts";
import { Heading } from "./heading.tsx";

export async function showDispatch(room: Room, parts: PathParts): Promise<Shown> {
  const dispatch = await room.desk.read(parts["id"] ?? "");
  if (dispatch === null) return MESSAGES.stranger();
  const { repository, visit } = room;
  const diagnosis = readDiagnosis(dispatch.diagnosis);
  const title = `${subjectOf(dispatch)} in ${repository.owner}/${repository.name}`;
  const isOver = isFinal(dispatch.state);
  return page(
    title,
    <>
      <Heading title={`Dispatch of ${subjectOf(dispatch)}`} within={repository}>
        {!isOver && (
          <noscript>
            <a class="button" href={visit.url.pathname}>
              Refresh
            </a>
          </noscript>
        )}
        {isOver ? (
          <a class="button main" href={dispatchPath(repository, dispatch.id, "/replay")}>
            Publish again…
          </a>
        ) : (
          <a class="button danger" href={dispatchPath(repository, dispatch.id, "/cancel")}>
            Cancel…
          </a>
        )}
      </Heading>
      <ReasonNote reason={dispatch.reason} remedy={dispatch.remedy} />
      {diagnosis && <Diagnosis diagnosis={diagnosis} />}
      <Facts dispatch={dispatch} options={visit.options} />
      <section class="card" aria-labelledby="timeline">
        <h2 id="timeline">Timeline</h2>
        <Timeline history={dispatch.history} />
      </section>
      <Why dispatch={dispatch} />
    </>,
    { isLive: !isOver },
  );
}

function Why({ dispatch }: { dispatch: DispatchView }) {
  const { repository, pull_request: pull } = dispatch;
  return (
    <section class="card" aria-labelledby="trace">
      <h2 id="trace">Why: the rules that were tried</h2>
      <TraceList trace={dispatch.trace} />
      {pull !== null && (
        <p>
          <a href={repositoryPath(repository, `/explain?pull_request=${pull}`)}>
            What the rules say today about #{pull}
          </a>
        </p>
      )}
    </section>
  );
}

function Fact({ name, children }: { name: string; children?: Child }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Facts({ dispatch, options }: { dispatch: DispatchView; options: DashboardOptions }) {
  const { webUrl } = options.settings;
  const { repository, pull_request: pull } = dispatch;
  return (
    <section class="card" aria-label="At a glance" data-state={dispatch.state}>
      <dl class="facts">
        <Fact name="State">
          <StateMark state={dispatch.state} />
        </Fact>
        <Commit dispatch={dispatch} webUrl={webUrl} />
        {pull !== null && (
          <Fact name="Pull request">
            <OutLink href={`${webUrl}/${repository}/pull/${pull}`}>#{pull}</OutLink>
          </Fact>
        )}
        <Fact name="Route">{dispatch.route ?? "none"}</Fact>
        <Fact name="Cause">
          {dispatch.event}, generation {dispatch.generation}
          {dispatch.attempts > 1 && `, ${dispatch.attempts} attempts`}
        </Fact>
        {dispatch.actor !== null && <Fact name="Person">{dispatch.actor}</Fact>}
        <Fact name="Run">
          {dispatch.run_url === null ? (
            "none"
          ) : (
            <OutLink href={dispatch.run_url}>run {dispatch.run_id}</OutLink>
          )}
        </Fact>
        <Receipt dispatch={dispatch} now={options.now()} />
        <Fact name="Id">
          <code>{dispatch.id}</code>
        </Fact>
      </dl>
    </section>
  );
}

function Commit({ dispatch, webUrl }: { dispatch: DispatchView; webUrl: string }) {
  const { sha, branch, repository } = dispatch;
  if (sha === null) return <Fact name="Commit">not known yet</Fact>;
  return (
    <Fact name="Commit">
      <OutLink href={`${webUrl}/${repository}/commit/${sha}`}>
        <code>{sha}</code>
      </OutLink>
      {branch !== null && ` on ${branch}`}
    </Fact>
  );
}

function Receipt({ dispatch, now }: { dispatch: DispatchView; now: number }) {
  const receipt = readReceipt(dispatch.receipt);
  if (receipt === null) {
    return (
      <Fact name="Image">
        <span class="soft">{tellMissingReceipt(dispatch, now)}</span>
      </Fact>
    );
  }
  return (
    <>
      <Fact name="Image">
        <code>{receipt.image}</code>
      </Fact>
      <Fact name="Digest">
        <code>{receipt.digest}</code>
      </Fact>
      <Fact name="Tags">{receipt.tags.join(", ") || "none"}</Fact>
      <Fact name="Platforms">{receipt.platforms.join(", ") || "not named"}</Fact>
    </>
  );
}

/** A receipt is sent from within the run; later than this after its end none is to be expected. */
const RECEIPT_WAIT_MS = 300_000;

function tellMissingReceipt(dispatch: DispatchView, now: number): string {
  const { state, finished_at: finished, updated_at: updated } = dispatch;
  if (state === "succeeded" && now - Date.parse(finished ?? updated) > RECEIPT_WAIT_MS) {
    return "no receipt came: the run succeeded and has not said what it pushed";
  }
  return isFinal(state) && state !== "succeeded" ? "none" : "no receipt yet";
}

function Timeline({ history }: { history: readonly HistoryView[] }) {
  return (
    <ol class="line">
      {history.map((entry) => (
        <li class={LOOKS[entry.state]}>
          <strong>{entry.state}</strong>{" "}
          <span class="meta">
            <When at={entry.at} isExact />
          </span>
          <div class="meta">
            {entry.cause} ({entry.actor})
          </div>
        </li>
      ))}
    </ol>
  );
}

function Diagnosis({ diagnosis }: { diagnosis: StoredDiagnosis }) {
  return (
    <section class="note bad" aria-labelledby="diagnosis">
      <h2 id="diagnosis">
        Diagnosis: {diagnosis.cause} ({diagnosis.confidence})
      </h2>
      <p>
        <Sentence text={diagnosis.explanation} />
      </p>
      {diagnosis.evidence.length > 0 && (
        <pre>
          {diagnosis.evidence
            .map(({ line, text }) => `${line === null ? "run" : `line ${line}`}: ${text}`)
            .join("\n")}
        </pre>
      )}
      <p>
        <strong>What to do:</strong> <Sentence text={diagnosis.remedy} />
      </p>
    </section>
  );
}
