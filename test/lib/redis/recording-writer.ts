import { setTimeout as pause } from 'node:timers/promises';
import { PagefoldError } from '../../../src/domain/errors.ts';
import type { SessionKey } from '../../../src/domain/ids.ts';
import type { AppendParams, AppendResult, HistoryPoint, Store } from '../../../src/store/store.ts';
import { anAppend } from '../../../src/testing/index.ts';

/** What a writer tells of each append; times are of the machine's monotonic clock, in milliseconds. */
export interface WriterEvents {
  /** Settles when it is on its way to whoever keeps books: only then is the record sent. */
  begun(record: string, at: number): Promise<void>;
  acked(record: string, at: number, position: number): void;
  /** The store said, when the record was sent, that it has lost history. */
  regressed(record: string, at: number): void;
}

/** One writer on one session. */
export interface WriterOptions {
  readonly store: Pick<Store, 'append' | 'load'>;
  readonly key: SessionKey;
  readonly name: string;
  readonly events: WriterEvents;
  /** Ends the writer after the append that is under way. */
  readonly isOver: () => boolean;
}

const RETRY_MS = 5;

/** Milliseconds of a clock that all processes of this machine share. */
function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Creates the session that writers begin with. */
export async function startSession(store: Store, key: SessionKey): Promise<HistoryPoint> {
  const result = await store.append(anAppend({ key, records: [`${key.sessionId}/start`] }));
  if (result.kind === 'ok') return result.point;
  throw new Error(`the session was not created: ${result.kind}`);
}

/** Appends one record after the other, each until its outcome is known. */
export async function writeUntil(options: WriterOptions): Promise<void> {
  const { store, key, name, events, isOver } = options;
  const loaded = await untilAnswered(() => store.load({ key }), isOver);
  if (loaded === null || loaded.kind !== 'found') return;
  let known = loaded.point;
  for (let operation = 1; !isOver(); operation += 1) {
    const record = `${key.sessionId}/${name}/${operation}`;
    const params: AppendParams = anAppend({
      key,
      known,
      write: { writer: name, operation },
      records: [record],
    });
    await events.begun(record, sharedNow());
    // In order: a writer has one append under way.
    const result = await untilAnswered(() => store.append(params), isOver);
    if (result === null) return;
    if (result.kind === 'regressed' && result.point !== null) {
      events.regressed(record, sharedNow());
      known = result.point;
      continue;
    }
    const { point, firstPosition } = recordedAt(result);
    events.acked(record, sharedNow(), firstPosition);
    known = point;
  }
}

function recordedAt(result: AppendResult): {
  readonly point: HistoryPoint;
  readonly firstPosition: number;
} {
  if (result.kind === 'ok' || result.kind === 'duplicate') return result;
  throw new Error(`unexpected ${result.kind}`);
}

/** Repeats a call, unchanged, until it is answered; null when that takes until everything is over. */
async function untilAnswered<Answer>(
  call: () => Promise<Answer>,
  isOver: () => boolean,
): Promise<Answer | null> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!PagefoldError.isInstance(error) || !isTemporary(error.code)) throw error;
      if (isOver()) return null;
      await pause(RETRY_MS);
    }
  }
}

function isTemporary(code: string): boolean {
  return ['UNKNOWN_OUTCOME', 'STORAGE_ERROR', 'OVERLOADED'].includes(code);
}
