import type { Store } from '../../../src/store/store.ts';
import type { SessionKey } from '../../../src/domain/ids.ts';

/** One append as its caller saw it; times are of one clock for all callers. */
export interface AppendSeen {
  readonly key: SessionKey;
  readonly record: string;
  readonly writer: string;
  readonly begunAt: number;
  /** Null while nobody knows: the caller died, or gave up. */
  readonly ackedAt: number | null;
  /** Where it was said to be. */
  readonly position: number | null;
}

/** A writer was told that the store has lost history. */
export interface Told {
  readonly key: SessionKey;
  readonly writer: string;
  readonly at: number;
}

/** What callers saw of a store. */
export interface History {
  readonly appends: readonly AppendSeen[];
  /** How often the store said that it has lost history; what its writer was told of is allowed to be missing. */
  readonly told: readonly Told[];
}

/**
 * What is wrong with the logs, given everything that callers saw. For a log that only grows no search is needed: an
 * acknowledged record is there once and where it was said to be, one of unknown outcome at most once, a record that was
 * acknowledged before another one was begun stands before it, and nothing is there that nobody sent. Where history was lost,
 * every writer of a record that is missing was told so afterwards.
 */
export async function findViolations(
  store: Store,
  { appends, told }: History,
): Promise<readonly string[]> {
  const violations: string[] = [];
  const ids = new Set(appends.map(({ key }) => key.sessionId));
  for (const sessionId of ids) {
    const own = appends.filter(({ key }) => key.sessionId === sessionId);
    const key = own[0]?.key;
    if (key === undefined) continue;
    // In order, so that a report reads by session.
    const log = await wholeLog(store, key);
    violations.push(...checkLog(log, own));
    // Positions and order are promises about what is not lost.
    if (told.length === 0) violations.push(...checkPlaces(log, own), ...checkOrder(log, own));
    else violations.push(...checkTold(log, own, told));
    const head = await store.head({ key });
    if (head?.version !== log.length || head.counters.events !== log.length)
      violations.push(`${sessionId}: the counters are not those of its ${log.length} records`);
  }
  return violations;
}

function checkLog(log: readonly string[], appends: readonly AppendSeen[]): readonly string[] {
  const violations: string[] = [];
  const sent = new Set(appends.map(({ record }) => record));
  const present = new Set<string>();
  for (const record of log) {
    if (present.has(record)) violations.push(`${record} is there twice`);
    if (!sent.has(record)) violations.push(`${record} was sent by nobody`);
    present.add(record);
  }
  return violations;
}

function checkPlaces(log: readonly string[], appends: readonly AppendSeen[]): readonly string[] {
  const violations: string[] = [];
  const places = new Map(log.map((record, index) => [record, index + 1]));
  for (const { record, ackedAt, position } of appends) {
    if (ackedAt === null || places.get(record) === position) continue;
    violations.push(`${record} is at ${places.get(record) ?? 'no place'}, not at ${position}`);
  }
  return violations;
}

function checkTold(
  log: readonly string[],
  appends: readonly AppendSeen[],
  told: readonly Told[],
): readonly string[] {
  const present = new Set(log);
  return appends.flatMap(({ key, record, writer, ackedAt }) => {
    if (ackedAt === null || present.has(record)) return [];
    const isTold = told.some(
      (one) => one.key.sessionId === key.sessionId && one.writer === writer && one.at > ackedAt,
    );
    return isTold ? [] : [`${record} is lost, and its writer was not told`];
  });
}

/** Walks the log from its end: no record may have been acknowledged before one that stands ahead of it was begun. */
function checkOrder(log: readonly string[], appends: readonly AppendSeen[]): readonly string[] {
  const seen = new Map(appends.map((append) => [append.record, append]));
  let earliestAck = Infinity;
  let earliest = '';
  const violations: string[] = [];
  for (const record of log.toReversed()) {
    const append = seen.get(record);
    if (append === undefined) continue;
    if (append.begunAt > earliestAck)
      violations.push(
        `${record} was begun after ${earliest} was acknowledged, and stands before it`,
      );
    if (append.ackedAt !== null && append.ackedAt < earliestAck) {
      earliestAck = append.ackedAt;
      earliest = record;
    }
  }
  return violations;
}

async function wholeLog(store: Store, key: SessionKey): Promise<readonly string[]> {
  const records: string[] = [];
  for (;;) {
    // In order: each page says whether there is another.
    const page = await store.read({ key, fromPosition: records.length + 1, limit: 1000 });
    if (page === null) return records;
    records.push(...page.records);
    if (records.length >= page.version) return records;
  }
}
