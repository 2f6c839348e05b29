/** What a run says it pushed. */
export interface ImageReceipt {
  readonly image: string;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly platforms: readonly string[];
}

/** The run that speaks, as GitHub's OIDC token names it. */
export interface RunIdentity {
  readonly runId: number;
  readonly repositoryId: number;
  /** File name of the workflow. */
  readonly workflow: string;
}
