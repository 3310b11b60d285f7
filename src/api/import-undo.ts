import type { SessionKey } from '../domain/ids.ts';
import type { LogEvent } from '../domain/log-event.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { decodeRecord, encodeRecord } from '../store/codec.ts';
import { halfDone } from './half-done.ts';

/** A session that an import wrote, or began to write. */
export interface ImportedLog {
  readonly key: SessionKey;
  readonly incarnation: string;
  /** All that it wrote, or may have written. */
  readonly events: readonly LogEvent[];
}

/** Looks at a session that others keep writing to before it is left as it is. */
const ROUNDS = 64;
const READ_RECORDS = 1000;

/**
 * Takes back what an import wrote, and nothing that somebody else created under the id since. One that others have written to
 * stays, with what they were told is recorded. Returns whether what was written is gone.
 */
export async function takeBackImport(runtime: Runtime, log: ImportedLog): Promise<boolean> {
  const { key, incarnation } = log;
  // Also while the runtime closes.
  const { store } = runtime.followUps;
  for (let round = 1; round <= ROUNDS; round += 1) {
    // In order: each look is at what came since the one before.
    const version = await lengthIfOurs(runtime, log);
    if (version === 'of others') return false;
    if (version === 'gone') return true;
    // Erased and not only removed: what is taken back was never the tenant's.
    const scope = { kind: 'session', key, incarnation, version } as const;
    const { sessions } = await store.erase({ scope });
    runtime.executor.forget(key);
    runtime.memories.forget(key);
    if (sessions > 0) return true;
  }
  return false;
}

/**
 * The error of an import that failed, once what it wrote is taken back as far as that can be.
 */
export async function afterTakingBack(
  runtime: Runtime,
  error: unknown,
  takeBack: () => Promise<boolean>,
): Promise<unknown> {
  try {
    return (await takeBack()) ? error : halfDone('importSession', error);
  } catch (reason) {
    // The caller is told why the import failed, which is what matters more.
    runtime.warn('RESTORE_FAILED', reason);
    return halfDone('importSession', error);
  }
}

/**
 * As {@link takeBackImport} where nobody knows whether the first batch was recorded: what is there goes only when it is that and
 * nothing else.
 */
export async function takeBackBeginning(
  runtime: Runtime,
  log: Omit<ImportedLog, 'incarnation'>,
): Promise<boolean> {
  const { key, events } = log;
  const page = await runtime.followUps.store.read({ key, fromPosition: 1, limit: 1 });
  if (page === null) return true;
  if (page.version !== events.length) return false;
  return takeBackImport(runtime, { ...log, incarnation: page.incarnation });
}

/** The number of records of a session that holds nothing of others. */
async function lengthIfOurs(
  runtime: Runtime,
  log: ImportedLog,
): Promise<number | 'of others' | 'gone'> {
  const { key, incarnation, events } = log;
  const { store } = runtime.followUps;
  for (let fromPosition = 1; ;) {
    // In order: a page says how many there are. It may hold less than was asked for.
    const page = await store.read({ key, fromPosition, limit: READ_RECORDS });
    if (page === null || page.incarnation !== incarnation) return 'gone';
    const isOurs = page.records.every((record, index) =>
      isOursAt(record, fromPosition + index, events),
    );
    if (!isOurs) return 'of others';
    fromPosition += page.records.length;
    if (fromPosition > page.version) return page.version;
    if (page.records.length === 0) return 'of others';
  }
}

function isOursAt(record: string, position: number, events: readonly LogEvent[]): boolean {
  const event = events[position - 1];
  if (event !== undefined && encodeRecord(event) === record) return true;
  return isLink(decodeRecord(record, position));
}

/** Whether a record is what links do to a session, which goes with it. A fork needs it, and somebody was told of that. */
function isLink(event: LogEvent): boolean {
  if (event.type === 'child-changed') return !(event.isLinked && event.isFork);
  return event.type === 'parent-changed';
}
