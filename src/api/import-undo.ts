import type { SessionKey } from '../domain/ids.ts';
import type { LogEvent } from '../domain/log-event.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { decodeRecord, encodeRecord } from '../store/codec.ts';

/** A session that an import wrote, or began to write. */
export interface ImportedLog {
  readonly key: SessionKey;
  readonly incarnation: string;
  /** All that the import was to write. */
  readonly events: readonly LogEvent[];
}

/** Looks at a session that others keep writing to before it is left as it is. */
const ROUNDS = 64;
const READ_RECORDS = 1000;
/** What links do to a session, which goes with it. */
const LINKS: ReadonlySet<LogEvent['type']> = new Set(['parent-changed', 'child-changed']);

/**
 * Takes back what an import wrote, and nothing that somebody else created under the id since. One that others have written to
 * stays, with what they were told is recorded.
 */
export async function takeBackImport(runtime: Runtime, log: ImportedLog): Promise<void> {
  const { key, incarnation } = log;
  // Also while the runtime closes.
  const { store } = runtime.followUps;
  for (let round = 1; round <= ROUNDS; round += 1) {
    // In order: each look is at what came since the one before.
    const version = await lengthIfOurs(runtime, log);
    if (version === null) break;
    // Erased and not only removed: what is taken back was never the tenant's.
    const scope = { kind: 'session', key, incarnation, version } as const;
    if ((await store.erase({ scope })).sessions > 0) break;
  }
  runtime.executor.forget(key);
  runtime.memories.forget(key);
}

/**
 * As {@link takeBackImport} where nobody knows whether the first batch was recorded. Only a beginning of the log goes: nobody was
 * told that such a session is there, whereas a whole one may be what another import of the same log has brought.
 */
export async function takeBackBeginning(
  runtime: Runtime,
  log: Omit<ImportedLog, 'incarnation'>,
  length: number,
): Promise<void> {
  const { key, events } = log;
  if (events.length <= length) return;
  const page = await runtime.followUps.store.read({ key, fromPosition: 1, limit: 1 });
  if (page === null || page.version !== length) return;
  await takeBackImport(runtime, { ...log, incarnation: page.incarnation });
}

/** The number of records of a session that holds nothing of others; null when it does, or is gone. */
async function lengthIfOurs(runtime: Runtime, log: ImportedLog): Promise<number | null> {
  const { key, incarnation, events } = log;
  const { store } = runtime.followUps;
  for (let fromPosition = 1; ; fromPosition += READ_RECORDS) {
    // In order: a page says how many there are.
    const page = await store.read({ key, fromPosition, limit: READ_RECORDS });
    if (page === null || page.incarnation !== incarnation) return null;
    const isOurs = page.records.every((record, index) =>
      isOursAt(record, fromPosition + index, events),
    );
    if (!isOurs) return null;
    if (fromPosition + READ_RECORDS > page.version) return page.version;
  }
}

function isOursAt(record: string, position: number, events: readonly LogEvent[]): boolean {
  const event = events[position - 1];
  if (event !== undefined && encodeRecord(event) === record) return true;
  return LINKS.has(decodeRecord(record, position).type);
}
