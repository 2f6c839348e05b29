import { json, notFound, problem, type Answer } from "../answer.ts";
import { linkHeader, listAnswer, pageSize, withQuery } from "../paging.ts";
import { installationOf } from "../payloads/event.ts";
import { grants, type Principal } from "../principal.ts";
import { presentApp, presentInstallation } from "../represent/installation.ts";
import { presentRepository } from "../represent/repository.ts";
import { optionalTimestamp, timestamp } from "../represent/urls.ts";
import { asApp, type Call, type Route } from "../router.ts";
import { visibleRepositories } from "../world/installations.ts";
import type { Installation, Permissions, Repository, WorldState } from "../world/state.ts";
import type { Room } from "./room.ts";

interface Narrowing {
  readonly repositories: readonly Repository[] | null;
  readonly permissions: Permissions;
}

const MAX_REPOSITORIES = 500;

function wantedRepositories(
  state: WorldState,
  installation: Installation,
  body: Call["body"],
): readonly Repository[] | null | "refused" {
  const { repository_ids: ids, repositories: names } = body;
  if (ids === undefined && names === undefined) {
    return null;
  }
  const visible = visibleRepositories(state, installation);
  const wanted = [...(Array.isArray(ids) ? ids : []), ...(Array.isArray(names) ? names : [])];
  const found = wanted.map((one) =>
    visible.find(({ id, name }) => id === one || name.toLowerCase() === String(one).toLowerCase()),
  );
  return found.length > MAX_REPOSITORIES || found.includes(undefined)
    ? "refused"
    : found.filter((one) => one !== undefined);
}

function narrow(state: WorldState, installation: Installation, body: Call["body"]) {
  const repositories = wantedRepositories(state, installation, body);
  if (repositories === "refused") {
    return problem(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  const asked = body["permissions"] as Permissions | undefined;
  const granted = { metadata: "read", ...installation.permissions } as Permissions;
  if (asked !== undefined && !grants(granted, asked)) {
    return problem(422, "The permissions requested are not granted to this installation.");
  }
  const permissions =
    asked === undefined ? granted : ({ metadata: "read", ...asked } as Permissions);
  return { repositories, permissions } satisfies Narrowing;
}

function mint(room: Room, call: Call): Answer {
  const { state, tokens } = room;
  const installation = state.installations.get(Number(call.params["id"]));
  if (installation === undefined) {
    return notFound();
  }
  if (installation.suspendedAt !== null) {
    return problem(403, "This installation has been suspended");
  }
  const narrowed = narrow(state, installation, call.body);
  if ("status" in narrowed) {
    return narrowed;
  }
  const { repositories, permissions } = narrowed;
  const principal: Principal = {
    kind: "installation",
    installationId: installation.id,
    repositoryIds:
      repositories?.map(({ id }) => id) ??
      (installation.repositoryIds === null ? null : [...installation.repositoryIds]),
    permissions,
  };
  const wish = call.request.headers["x-github-stateless-s2s-token"];
  const stateless = wish === undefined ? room.options.statelessTokens : wish === "enabled";
  const { token, expiresAt } = tokens.mintInstallationToken(principal, stateless);
  return json(201, {
    token,
    expires_at: timestamp(expiresAt),
    permissions,
    repository_selection: repositories === null ? "all" : "selected",
    ...(repositories === null
      ? {}
      : { repositories: repositories.map((one) => presentRepository(state, one)) }),
  });
}

/** Newest first; the cursor is the id to go on below. */
function listDeliveries(room: Room, call: Call): Answer {
  const { query } = call.request;
  const below = Number((query.get("cursor") ?? "v1_Infinity").replace(/^v1_/, ""));
  if (Number.isNaN(below)) {
    return problem(400, "Invalid cursor");
  }
  const status = query.get("status");
  const oldest = room.state.now() - room.options.deliveryRetentionMs;
  const listed = room.deliveries.recorded
    .filter(({ id, deliveredAt }) => id < below && deliveredAt >= oldest)
    .filter(({ statusCode }) => {
      const failed = statusCode >= 400 && statusCode <= 599;
      return status === null || (status === "failure" ? failed : !failed && statusCode > 0);
    })
    .toSorted((one, other) => other.id - one.id);
  const size = pageSize(call.request);
  const page = listed.slice(0, size);
  const last = page.at(-1);
  const more = listed.length > size && last !== undefined;
  const next = withQuery(room.state.url(), call.request, { cursor: `v1_${last?.id ?? 0}` });
  const body = page.map((delivery) => presentDelivery(delivery));
  return json(200, body, more ? linkHeader({ next }) : {});
}

function presentDelivery(delivery: Room["deliveries"]["recorded"][number]) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: timestamp(delivery.deliveredAt),
    redelivery: delivery.redelivery,
    duration: delivery.durationSeconds,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event.name,
    action: delivery.event.action,
    installation_id: delivery.event.installationId,
    repository_id: delivery.event.repositoryId,
    throttled_at: optionalTimestamp(null),
  };
}

function oneDelivery(room: Room, call: Call): Answer {
  const id = Number(call.params["id"]);
  const delivery = room.deliveries.recorded.find((one) => one.id === id);
  return delivery === undefined
    ? notFound()
    : json(200, {
        ...presentDelivery(delivery),
        url: delivery.url,
        request: { ...delivery.request, payload: delivery.event.payload },
        response: delivery.response,
      });
}

function redeliver(room: Room, call: Call): Answer {
  const id = Number(call.params["id"]);
  const known = room.deliveries.recorded.find((one) => one.id === id);
  const oldest = room.state.now() - room.options.deliveryRetentionMs;
  if (known === undefined) {
    return notFound();
  }
  if (known.deliveredAt < oldest || !room.deliveries.redeliver(id)) {
    return problem(422, "Delivery is too old to be redelivered");
  }
  return json(202, {});
}

function hookConfig(room: Room): Answer {
  const { config } = room.deliveries;
  return json(200, {
    content_type: config.contentType,
    insecure_ssl: "0",
    secret: "********",
    ...(config.url === null ? {} : { url: config.url }),
  });
}

function changeHookConfig(room: Room, call: Call): Answer {
  const { url, content_type: contentType, secret } = call.body;
  const { config } = room.deliveries;
  if (typeof url === "string") {
    config.url = url;
  }
  // GitHub's default is form, whatever it was before.
  config.contentType = contentType === "json" ? "json" : "form";
  if (typeof secret === "string") {
    room.state.app.webhookSecret = secret;
  }
  return hookConfig(room);
}

/** What an App does as itself, by JWT. */
export function appRoutes(room: Room): Route[] {
  const { state } = room;
  const present = (installation: Installation) => presentInstallation(state, installation);
  return [
    asApp("GET /app", () => json(200, presentApp(state))),
    asApp("GET /app/installations", ({ request }) =>
      listAnswer(state.url(), request, { items: [...state.installations.values()], present }),
    ),
    asApp("GET /app/installations/:id", ({ params }) => {
      const installation = state.installations.get(Number(params["id"]));
      return installation === undefined ? notFound() : json(200, present(installation));
    }),
    asApp("POST /app/installations/:id/access_tokens", (call) => mint(room, call)),
    asApp("GET /app/hook/config", () => hookConfig(room)),
    asApp("PATCH /app/hook/config", (call) => changeHookConfig(room, call)),
    asApp("GET /app/hook/deliveries", (call) => listDeliveries(room, call)),
    asApp("GET /app/hook/deliveries/:id", (call) => oneDelivery(room, call)),
    asApp("POST /app/hook/deliveries/:id/attempts", (call) => redeliver(room, call)),
    {
      method: "GET",
      pattern: "/repos/:owner/:repo/installation",
      auth: "app-repository",
      needs: [],
      handle({ repository }) {
        const installation = installationOf(state, repository);
        return installation === null ? notFound() : json(200, present(installation));
      },
    },
  ];
}
