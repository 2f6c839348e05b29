/** What GitHub's own trouble looks like, told apart from a fault of the set-up. */
interface Trouble {
  readonly remedy: string;
  readonly link: string | undefined;
}

/** Null where the answer is about the question; `status` 0 is no answer at all. */
export function troubleOf({ status, why }: { status: number; why: string }): Trouble | null {
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
