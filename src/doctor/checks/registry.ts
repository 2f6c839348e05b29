import { failed, ok, type Verdict, unknown } from "../check.ts";
import type { Check } from "../patient.ts";
import type { HttpAnswer } from "../ports.ts";
import { type ImagePlace, placeOf } from "../registry.ts";
import { imageElsewhere, imageOf, ownRoutes, routesOf } from "../routes.ts";
import { needsRepository } from "./needs-repository.ts";
import { worstOf } from "./worst-of.ts";

/** Whether each registry that a route's image is in answers at all. */
export const registryCheck: Check = {
  name: "registry",
  title: "Registry",
  run: (patient) =>
    needsRepository(patient, async (whole) => {
      const routes = await routesOf(whole);
      const own = ownRoutes(routes);
      if (own.length === 0) return ok(imageElsewhere(routes));
      const places = own.map((route) => placeOf(imageOf(route, whole)));
      const registries = new Map(places.map((place) => [place.base, place]));
      return worstOf(
        await Promise.all(
          [...registries.values()].map(async (place) =>
            judge(place, await whole.ports.send({ method: "GET", url: `${place.base}/v2/` })),
          ),
        ),
      );
    }),
};

function judge({ host, base }: ImagePlace, answer: HttpAnswer): Verdict {
  if (answer.kind === "unreachable") {
    return unknown({
      finding: `${host} does not answer from here (${answer.cause}).`,
      reason: "The workflow pushes from GitHub's runners, which may reach it all the same.",
      remedy: "Check the registry's name in the route, and its status page.",
    });
  }
  if (answer.status === 200 || answer.status === 401) return ok(`${host} answers as a registry.`);
  return failed({
    finding: `${base}/v2/ answers ${answer.status}.`,
    reason: "A registry answers 200 or 401 there; pushes will fail.",
    remedy: "Correct the registry in the route's `image:`, or wait until it is well again.",
  });
}
