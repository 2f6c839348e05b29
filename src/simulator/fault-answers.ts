import { json, problem, type Answer } from "./answer.ts";

/** Every form in which GitHub says "too much". */
export type RateLimitShape =
  | "primary"
  | "429-retry-after"
  | "secondary-retry-after"
  | "secondary-message"
  | "429-bare";

const SECONDARY =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";

/** The answer of a rate limit that lifts after `seconds`. */
export function rateLimitAnswer(shape: RateLimitShape, seconds: number, now: number): Answer {
  const retryAfter = { "retry-after": String(seconds) };
  const message = { message: SECONDARY, documentation_url: "https://docs.github.com/rest" };
  switch (shape) {
    case "primary":
      return json(
        403,
        {
          message: "API rate limit exceeded for installation. If you reach out, include the ID.",
          documentation_url: "https://docs.github.com/rest",
        },
        {
          "x-ratelimit-limit": "5000",
          "x-ratelimit-remaining": "0",
          "x-ratelimit-used": "5000",
          "x-ratelimit-reset": String(Math.ceil(now / 1000) + seconds),
          "x-ratelimit-resource": "core",
        },
      );
    case "429-retry-after":
      return json(429, message, retryAfter);
    case "secondary-retry-after":
      return json(403, message, retryAfter);
    case "secondary-message":
      return json(403, message);
    case "429-bare":
      return json(429, { message: "Too many requests" });
  }
}

/** What GitHub says to a JWT from a clock that runs ahead. */
export function clockSkewAnswer(): Answer {
  return problem(
    401,
    "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
  );
}

/** The page of GitHub's load balancer. */
export function htmlBadGateway(): Answer {
  return {
    status: 502,
    headers: { "content-type": "text/html" },
    body: "<html><head><title>502 Bad Gateway</title></head><body><h1>Unicorn!</h1></body></html>",
  };
}

/** A page where JSON was promised, with 200. */
export function htmlInsteadOfJson(): Answer {
  return {
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: "<!DOCTYPE html><html><body>We are down for maintenance.</body></html>",
  };
}
