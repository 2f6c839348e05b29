import { buildDelivery, type DeliveryContentType } from "./build-delivery.ts";
import { createDeliveries } from "./deliveries.ts";
import { attend, type Desk, type RecordedRequest } from "./desk.ts";
import { createFaults, type Faults } from "./faults.ts";
import { generateAppKey, type GeneratedKey } from "./keys.ts";
import { createOidcIssuer } from "./oidc.ts";
import { pingEvent } from "./payloads/ping.ts";
import { createQuota } from "./quota.ts";
import { createRandom } from "./random.ts";
import { createRouter } from "./router.ts";
import { allRoutes } from "./routes/all.ts";
import { deviceVerbs } from "./routes/device-flow.ts";
import type { RecordedDispatch, Room } from "./routes/room.ts";
import { createSignIn, signInVerbs, type SignIn } from "./routes/sign-in.ts";
import { listen } from "./server.ts";
import { createTokenStore, tokenVerbs } from "./tokens.ts";
import { createWebhookFilter } from "./webhook-filter.ts";
import { createRunScheduler } from "./world/run-scheduler.ts";
import type { Emit, WorldEvent, WorldState } from "./world/state.ts";
import { createWorldState, worldVerbs } from "./world/world.ts";

export interface StartOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  /** Drawn and kept in `seed` when not given. */
  readonly seed?: number;
  readonly now?: () => number;
  /** False: runs stay queued until they are stepped by hand. */
  readonly autoRun?: boolean;
  /** The App's key, where many simulators start one after another; else a fresh one is made. */
  readonly key?: GeneratedKey;
}

const THREE_DAYS_MILLISECONDS = 3 * 24 * 3_600_000;

interface Building {
  readonly state: WorldState;
  readonly key: GeneratedKey;
  readonly faults: Faults;
  readonly autoRun: boolean;
}

function createRoom({ state, key, faults, autoRun }: Building): Room {
  const deliveries = createDeliveries(state, faults);
  const wanted = createWebhookFilter(state);
  const emit: Emit = (event) => {
    if (wanted(event)) {
      deliveries.send(event);
    }
  };
  const scheduler = createRunScheduler(state, emit, autoRun);
  const dispatches: RecordedDispatch[] = [];
  return {
    state,
    emit,
    deliveries,
    scheduler,
    dispatches,
    tokens: createTokenStore(state, key.privateKey),
    options: { statelessTokens: false, deliveryRetentionMs: THREE_DAYS_MILLISECONDS },
    accept(dispatch, run) {
      dispatches.push(dispatch);
      scheduler.schedule(run);
    },
  };
}

interface DeliveryChoice {
  readonly contentType?: DeliveryContentType;
  readonly guid?: string;
  readonly secret?: string;
}

/** Verbs for the App's webhook and keys. */
function appVerbs(room: Room) {
  const { state, deliveries } = room;
  return {
    /** Sets where deliveries go, and how. */
    setWebhook(config: Partial<typeof deliveries.config>): void {
      Object.assign(deliveries.config, config);
    },
    /** Headers and body of an event, signed, without sending: a template for tests that forge. */
    buildDelivery: (event: WorldEvent, choice: DeliveryChoice = {}) =>
      buildDelivery(state, event, {
        guid: choice.guid ?? state.random.uuid(),
        contentType: choice.contentType ?? deliveries.config.contentType,
        ...(choice.secret === undefined ? {} : { secret: choice.secret }),
      }),
    /** The newest event of that name (and action), whether it was sent or not. */
    lastEvent(name: string, action?: string): WorldEvent {
      const found = deliveries.events.findLast(
        (event) => event.name === name && (action === undefined || event.action === action),
      );
      if (found === undefined) {
        throw new Error(`the simulated GitHub has no ${name} event`);
      }
      return found;
    },
    /** Sends `ping`, as saving a webhook does. */
    ping: (): void => room.emit(pingEvent(state)),
    /** Adds a key to the App; the old ones work until `dropOldKeys`. */
    async rotateKey(): Promise<GeneratedKey> {
      const key = await generateAppKey();
      state.appKeys.push(key.publicKey);
      return key;
    },
    /** Deletes every key but the newest. */
    dropOldKeys: (): void => void state.appKeys.splice(0, state.appKeys.length - 1),
  };
}

/** Everything that a test may do to the world. */
function createWorld(room: Room, key: GeneratedKey, signIn: SignIn) {
  const { state } = room;
  return {
    state,
    ...worldVerbs(state, room.emit),
    ...tokenVerbs(state, room.tokens),
    ...appVerbs(room),
    ...signInVerbs(signIn, state.now),
    ...deviceVerbs(signIn.devices),
    ...createOidcIssuer(state, key.privateKey, "simulated-key"),
    scriptRuns: room.scheduler.scriptRuns,
    onDispatch: room.scheduler.onDispatch,
    runTimings: room.scheduler.timings,
    options: room.options,
  };
}

type World = ReturnType<typeof createWorld>;

export interface Simulator {
  /** Serves the REST API at its root; also the web site and the OIDC issuer. */
  readonly url: string;
  readonly seed: number;
  readonly app: WorldState["app"];
  readonly world: World;
  readonly faults: Faults;
  readonly quota: Desk["quota"];
  readonly requests: RecordedRequest[];
  readonly dispatches: RecordedDispatch[];
  readonly deliveries: Room["deliveries"];
  /** Requests to addresses that GitHub does not have, or that the simulator lacks. */
  unknownRequests(): RecordedRequest[];
  /** Ends when runs and deliveries are through; a hook that never answers keeps it waiting. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a GitHub on the loopback: one App, an empty world, faults on demand. */
export async function startSimulator(options: StartOptions = {}): Promise<Simulator> {
  const random = createRandom(options.seed);
  const faults = createFaults(createRandom(random.seed));
  const key = options.key ?? (await generateAppKey());
  let url = "";
  const now = options.now ?? Date.now;
  const state = createWorldState({ random, now, url: () => url, keys: key });
  const room = createRoom({ state, key, faults, autoRun: options.autoRun ?? true });
  const signIn = createSignIn();
  const world = createWorld(room, key, signIn);
  const desk: Desk = {
    gate: { state, tokens: room.tokens },
    faults,
    quota: createQuota(now),
    route: createRouter(allRoutes(room, world, signIn)),
    requests: [],
  };
  const server = await listen(options.port ?? 0, (incoming, response) =>
    attend(desk, incoming, response),
  );
  url = server.url;
  return {
    url,
    seed: random.seed,
    app: state.app,
    world,
    faults,
    quota: desk.quota,
    requests: desk.requests,
    dispatches: room.dispatches,
    deliveries: room.deliveries,
    unknownRequests: () => desk.requests.filter(({ route }) => route === null),
    async idle() {
      await room.scheduler.idle();
      await room.deliveries.idle();
    },
    async close() {
      room.scheduler.stop();
      room.deliveries.stop();
      await server.close();
    },
  };
}
