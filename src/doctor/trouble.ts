/** What GitHub's own trouble looks like, told apart from a fault of the set-up. */
interface Trouble {
  readonly remedy: string;
  readonly link: string | undefined;
}

/** The cause of a question that was not asked, since nothing could be signed with what is set. */
export const CANNOT_SIGN = "the App's ID and key here sign no token";

function mend(what: string): string {
  return `Mend what ${what}, then run the doctor again.`;
}

/** Null where the answer is about the question; `status` 0 is no answer at all. */
export function troubleOf({ status, why }: { status: number; why: string }): Trouble | null {
  if (why === CANNOT_SIGN) {
    return { remedy: mend("“settings” and “app-key” say"), link: undefined };
  }
  // A token that was minted is good: what GitHub refuses so is the App's own, and all rests on it.
  if (status === 401) return { remedy: mend("“app-key” says"), link: undefined };
  if (status === 422 && /permissions requested/i.test(why)) {
    return { remedy: mend("“app-permissions” and “installation” say"), link: undefined };
  }
  if (status === 0) {
    return { remedy: "Check the network, a proxy, and GITHUB_API_URL.", link: undefined };
  }
  if (status === 429 || (status === 403 && /rate limit|abuse/i.test(why))) {
    return {
      remedy:
        "GitHub's rate limit is used up: wait, an hour at most, and run the doctor again. The relay waits by itself.",
      link: "https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api",
    };
  }
  if (status < 500) return null;
  return {
    remedy: "GitHub is not well: look at its status page, and run the doctor again later.",
    link: "https://www.githubstatus.com",
  };
}
