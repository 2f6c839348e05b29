/** The parts of GitHub's answers that the relay reads; everything else is ignored. */
import * as v from "valibot";

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

export const repositorySchema = v.object({
  id,
  name: v.string(),
  owner: v.object({ id, login: v.string() }),
  default_branch: v.string(),
});

export const installationSchema = v.object({ id });
export const installedSchema = v.object({ created_at: v.string() });

export const installationRepositoriesSchema = v.object({
  repositories: v.array(repositorySchema),
});

export const pullSchema = v.object({
  number: id,
  merged: v.optional(v.boolean(), false),
  merged_at: v.optional(v.nullable(v.string()), null),
  merged_by: v.optional(v.nullable(v.object({ login: v.string() })), null),
  merge_commit_sha: v.optional(v.nullable(v.string()), null),
  base: v.object({ ref: v.string(), repo: v.object({ id }) }),
  labels: v.optional(v.array(v.object({ name: v.string() })), []),
});

export const compareSchema = v.object({ status: v.string() });
export const contentSchema = v.object({
  encoding: v.optional(v.string(), "base64"),
  content: v.string(),
});
/** What a folder holds; a file in the folder's place holds nothing. */
export const folderSchema = v.union([
  v.array(v.object({ path: v.string() })),
  v.pipe(
    v.object({ type: v.string() }),
    v.transform((): { path: string }[] => []),
  ),
]);
export const filesSchema = v.array(
  v.object({ filename: v.string(), previous_filename: v.optional(v.string()) }),
);
export const workflowSchema = v.object({ id, state: v.string() });
export const refSchema = v.object({ object: v.object({ type: v.string(), sha: v.string() }) });
export const refsSchema = v.array(
  v.object({ ref: v.string(), object: v.object({ sha: v.string() }) }),
);
export const pullsSchema = v.array(
  v.object({
    number: id,
    merged_at: v.nullable(v.string()),
    merge_commit_sha: v.optional(v.nullable(v.string()), null),
  }),
);

export const closedPullsSchema = v.array(
  v.object({
    number: id,
    merged_at: v.optional(v.nullable(v.string()), null),
    updated_at: v.string(),
    base: v.object({ repo: v.object({ id }) }),
  }),
);

export const runSchema = v.object({
  id,
  html_url: v.optional(v.string(), ""),
  event: v.optional(v.string(), "workflow_dispatch"),
  display_title: v.optional(v.nullable(v.string()), ""),
  name: v.optional(v.nullable(v.string()), ""),
  status: v.optional(v.nullable(v.string()), null),
  conclusion: v.optional(v.nullable(v.string()), null),
  run_attempt: v.optional(v.number(), 1),
  actor: v.optional(v.nullable(v.object({ type: v.optional(v.string(), "") })), null),
});
export const runsSchema = v.object({ workflow_runs: v.array(runSchema) });
