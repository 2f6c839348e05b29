import { ok, skipped, type Verdict, warning } from "../check.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import { placeOf } from "../registry.ts";
import { imageElsewhere, imageOf, ownRoutes, routesOf } from "../routes.ts";
import { needsRepository, type WithRepository } from "./needs-repository.ts";
import { worstOf } from "./worst-of.ts";

/**
 * Whether GITHUB_TOKEN reaches the image's name: on GitHub's registry it writes packages of its own
 * repository's owner and of nobody else. A warning, since a workflow may log in with another token.
 */
export const imageNamespaceCheck: Check = {
  name: "image-namespace",
  title: "Whose package it is",
  run: (patient) =>
    needsRepository(patient, async (whole) => {
      const routes = await routesOf(whole);
      const images = new Set(ownRoutes(routes).map((route) => imageOf(route, whole)));
      if (images.size === 0) return skipped(imageElsewhere(routes));
      return worstOf([...images].map((image) => judge(image, whole)));
    }),
};

function judge(image: string, { facts, fullName }: WithRepository): Verdict {
  const { host, name } = placeOf(image);
  const owner = facts.owner.login;
  if (host !== "ghcr.io") return ok(`${image} is not in GitHub's registry.`);
  if (name.startsWith(`${owner.toLowerCase()}/`)) return ok(`${image} is a package of ${owner}.`);
  return warning({
    finding: `${image} is not a package of ${owner}.`,
    reason: `GITHUB_TOKEN of ${fullName} writes packages of ${owner} only, and publish-image.yml refuses the name before it builds.`,
    remedy: `Name an image below ghcr.io/${owner.toLowerCase()}/ in \`image:\` of the route. If it is meant: set the secrets REGISTRY_USERNAME and REGISTRY_PASSWORD to those of an account that may write there, and the variable IMAGE_ALLOWED to ${fullName.toLowerCase()}=${image}.`,
    link: LINKS.packages,
  });
}
