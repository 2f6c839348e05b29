/**
 * The relay's own Worker with meters on what Cloudflare bills: calls of objects, rows that SQLite
 * says it read and wrote, alarms set, time that objects are kept awake, and calls to GitHub.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import relay, { RepositoryLedger as Ledger } from "relay";

const alarms = new AsyncLocalStorage();
let meter = newMeter();
let cursors = [];
let isPatched = false;

function newMeter() {
  return {
    deliveries: 0,
    accepts: 0,
    alarms: 0,
    alarmsSet: 0,
    rowsRead: 0,
    rowsWritten: 0,
    awakeMs: 0,
    githubCalls: 0,
    indexQueries: 0,
    objectCalls: 0,
    mostGithubCallsPerAlarm: 0,
    mostIndexQueriesPerAlarm: 0,
    mostObjectCallsPerAlarm: 0,
  };
}

const MOSTS = {
  githubCalls: "mostGithubCallsPerAlarm",
  indexQueries: "mostIndexQueriesPerAlarm",
  objectCalls: "mostObjectCallsPerAlarm",
};

function note(what, count = 1) {
  meter[what] += count;
  const alarm = alarms.getStore();
  if (!alarm) return;
  alarm[what] = (alarm[what] ?? 0) + count;
  meter[MOSTS[what]] = Math.max(meter[MOSTS[what]], alarm[what]);
}

/** The index as the ledger sees it: takes everything, keeps nothing, counts statements. */
const INDEX = {
  prepare: () => ({ bind: () => ({}) }),
  batch: (statements) => {
    note("indexQueries", statements.length);
    return Promise.resolve(statements.map(() => ({ results: [{ name: "bench" }] })));
  },
};

function countedLedgers(ledgers) {
  return {
    getByName(name) {
      note("objectCalls");
      return ledgers.getByName(name);
    },
  };
}

const send = globalThis.fetch;
globalThis.fetch = (...request) => {
  note("githubCalls");
  return send(...request);
};

function patch(storage) {
  if (isPatched) return;
  isPatched = true;
  const sql = Object.getPrototypeOf(storage.sql);
  const { exec } = sql;
  sql.exec = function execMetered(...statement) {
    const cursor = exec.apply(this, statement);
    // Rows count as they are read, so the sum is taken when the caller is done with them.
    cursors.push(cursor);
    if (cursors.length > 1_000) collect();
    return cursor;
  };
  const alarmSetters = Object.getPrototypeOf(storage);
  const { setAlarm } = alarmSetters;
  alarmSetters.setAlarm = function setAlarmMetered(...when) {
    meter.alarmsSet += 1;
    return setAlarm.apply(this, when);
  };
}

function collect() {
  for (const { rowsRead, rowsWritten } of cursors) {
    meter.rowsRead += rowsRead;
    meter.rowsWritten += rowsWritten;
  }
  cursors = [];
}

export class RepositoryLedger extends Ledger {
  constructor(ctx, env) {
    patch(ctx.storage);
    super(ctx, { ...env, INDEX, REPOSITORY_LEDGER: countedLedgers(env.REPOSITORY_LEDGER) });
  }

  async accept(delivery) {
    meter.accepts += 1;
    return awake(() => super.accept(delivery));
  }

  async alarm() {
    meter.alarms += 1;
    return awake(() => alarms.run({}, () => super.alarm()));
  }
}

async function awake(work) {
  const startedAt = performance.now();
  try {
    return await work();
  } finally {
    meter.awakeMs += performance.now() - startedAt;
  }
}

// oxlint-disable-next-line import/no-default-export -- what workerd calls
export default {
  fetch(request, env, context) {
    if (!request.url.endsWith("/meter")) {
      meter.deliveries += 1;
      return relay.fetch(request, env, context);
    }
    collect();
    const read = meter;
    if (request.method === "DELETE") meter = newMeter();
    return Response.json(read);
  },
};
