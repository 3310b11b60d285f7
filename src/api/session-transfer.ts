import { z } from 'zod';
import { assertText } from '../domain/argument.ts';
import { InvalidInput, SessionAlreadyExists, SessionManagerError } from '../domain/errors.ts';
import { evolve } from '../domain/evolve.ts';
import { countOverflow } from '../domain/exact-sum.ts';
import { isExact } from '../domain/exact-totals.ts';
import { idSchema, type SessionKey, tenantSchema } from '../domain/ids.ts';
import type { LogEvent } from '../domain/log-event.ts';
import { parseInput } from '../domain/parse.ts';
import type { SessionState } from '../domain/session-state.ts';
import { loadNewForkBase } from '../actors/session-loader.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { decodeRecord, encodeRecord } from '../store/codec.ts';
import type { Store } from '../store/store.ts';
import {
  exportedLifeSchema,
  firstGiven,
  type GivenLife,
  givenLifeSchema,
} from './exported-life.ts';
import { halfDone } from './half-done.ts';
import { countMissing, ImportedContents, withOwnContent } from './import-contents.ts';
import { settleWritten, thereAlready } from './import-links.ts';
import type { ImportLog } from './import-presence.ts';
import { APPEND_RECORDS, writeImport } from './import-writing.ts';
import { FORMAT, WITH_CONTENTS } from './session-export.ts';
import { assertSameHistory, forkIn, sharedEndSchema } from './shared-history.ts';

/** What an import did. */
export interface ImportResult {
  readonly key: SessionKey;
  readonly records: number;
  /** Contents that were too large for their records and that nobody has here any more; the beginning and end of each are in its record. */
  readonly missingContents: number;
}

const headerSchema = z.looseObject({
  format: z.literal(FORMAT),
  version: z.number().int().positive(),
  tenant: tenantSchema,
  sessionId: idSchema,
  records: z.number().int().positive(),
  /** Of a fork; not in exports of earlier versions. */
  lastShared: sharedEndSchema.optional(),
  /** What was set for the session alone; not in exports of earlier versions. */
  timeToLive: exportedLifeSchema.optional(),
});
const targetSchema = z.strictObject({
  tenant: tenantSchema.optional(),
  sessionId: idSchema.optional(),
  timeToLive: givenLifeSchema.optional(),
});

/** What an imported session is to be, where that is not what its export says. */
export interface ImportTarget {
  readonly tenant?: string | undefined;
  readonly sessionId?: string | undefined;
  /** When it expires, counted from the import; of a part that is not given the export says it, or else the runtime. */
  readonly timeToLive?: GivenLife | undefined;
}

/**
 * Restores an exported session, under its own key or another one. All lines are read and checked before anything is written.
 * An append whose answer is lost is asked about again. A failure while writing takes back what was written and its amounts, unless
 * others have written to the session by then; a session that is there as a whole stays when its links cannot be made now. An import
 * that was cut off may be repeated: it goes on from what is there, unless others have written to that, and a session that is there as
 * a whole has its links made before it is refused, with the number of its `importedRecords` in the data of the error. Links to
 * sessions that do not return them are ended. The lines are trusted: the tokens and costs that they name are added to the tenant's
 * sums.
 * @throws INVALID_INPUT naming the line, SESSION_ALREADY_EXISTS, SESSION_NOT_FOUND when a fork's origin is missing or has another
 * history, UNKNOWN_OUTCOME when the session is there and its links are not, COUNT_OVERFLOW when counts add up to more than 2^53 - 1.
 */
export async function importSession(
  runtime: Runtime,
  lines: Iterable<string> | AsyncIterable<string>,
  target: ImportTarget,
): Promise<ImportResult> {
  const chosen = parseInput(targetSchema, target, 'target');
  const {
    key,
    events: moved,
    states,
    timeToLive,
  } = await readLines(lines, (header, events) => planImport(runtime, { header, events, chosen }));
  const written = await writeImport(runtime, { key, events: moved, states, timeToLive });
  runtime.executor.forget(key);
  if (written === null) throw await thereAlready(runtime, key, moved.length);
  const state = states.at(-1);
  if (state === undefined) return { key, records: moved.length, missingContents: 0 };
  await settleWritten(runtime, { key, events: moved, state, ...written });
  // Once records name it: until then an erasure or a collection may have taken what came with the first lines.
  const missingContents = await countMissing(runtime, key, moved).catch((error: unknown) => {
    // The session is there, and others may have been told of it.
    throw halfDone('importSession', error);
  });
  if (missingContents > 0) runtime.warn('CONTENT_MISSING', contentMissing(missingContents), key);
  return { key, records: moved.length, missingContents };
}

type Header = z.output<typeof headerSchema>;

function isIterable(lines: object): boolean {
  return Symbol.iterator in lines || Symbol.asyncIterator in lines;
}

/** What an import is to write, and where the content goes that comes with it. */
interface ImportPlan extends ImportLog {
  readonly takeContent: (value: unknown, number: number) => Promise<void>;
  /** Called when all lines are read. @throws INVALID_INPUT when content did not come that the records name. */
  readonly finish: () => void;
}

async function planImport(
  runtime: Runtime,
  read: {
    readonly header: Header;
    readonly events: readonly LogEvent[];
    readonly chosen: z.output<typeof targetSchema>;
  },
): Promise<ImportPlan> {
  const { header, events, chosen } = read;
  const key = {
    tenant: chosen.tenant ?? header.tenant,
    sessionId: chosen.sessionId ?? header.sessionId,
  };
  const bringsContents = header.version >= WITH_CONTENTS;
  const moved = events.map((event, index) => {
    if (index === 0) return withKey(event, key);
    return bringsContents ? withOwnContent(event, key) : event;
  });
  const states = await foldChecked(runtime.store, key, moved);
  const [fork, end] = [forkIn(moved[0]), header.lastShared];
  if (fork !== null && end !== undefined)
    await assertSameHistory(runtime.store, key.tenant, { fork, end });
  const contents = new ImportedContents(runtime, key, bringsContents ? events : []);
  // Before content is put where it would be of another session.
  if (!contents.isComplete) await assertFree(runtime.store, key, moved);
  return {
    key,
    events: moved,
    states,
    timeToLive: firstGiven(runtime.timeToLive, chosen.timeToLive, header.timeToLive),
    takeContent: (value, number) => contents.take(value, number),
    finish: () => contents.finish(),
  };
}

/** Plans once all records are read, since content, which comes after them, goes where it is to be line by line. */
async function readLines(
  lines: Iterable<string> | AsyncIterable<string>,
  plan: (header: Header, events: readonly LogEvent[]) => Promise<ImportPlan>,
): Promise<ImportPlan> {
  let header: Header | null = null;
  let planned: ImportPlan | null = null;
  const events: LogEvent[] = [];
  let number = 0;
  if (typeof lines !== 'object' || lines === null || !isIterable(lines))
    throw new InvalidInput({ field: 'lines', expected: 'an iterable of lines' });
  for await (const line of lines) {
    number += 1;
    assertText(line, `line ${number}`);
    if (line.trim() === '') continue;
    if (header === null) {
      header = readHeader(line, number);
      continue;
    }
    const value = parseLine(line, number);
    if (isContent(value)) {
      planned ??= await plan(header, wholeLog(header, events));
      await planned.takeContent(value, number);
    } else {
      events.push(readRecord(value, { number, position: events.length + 1 }));
    }
  }
  if (header === null)
    throw new InvalidInput({ field: 'line 1', expected: `a header of format ${FORMAT}` });
  const log = wholeLog(header, events);
  planned ??= await plan(header, log);
  planned.finish();
  return planned;
}

/** @throws SESSION_ALREADY_EXISTS when a session is there that does not begin as the import does. */
async function assertFree(
  store: Store,
  key: SessionKey,
  [first]: readonly LogEvent[],
): Promise<void> {
  const page = await store.read({ key, fromPosition: 1, limit: 1 });
  if (page === null || first === undefined || page.records[0] === encodeRecord(first)) return;
  throw new SessionAlreadyExists({ sessionId: key.sessionId });
}

/** @throws INVALID_INPUT when there are not as many records as the header says. */
function wholeLog({ records }: Header, events: readonly LogEvent[]): readonly LogEvent[] {
  if (events.length === records) return events;
  const expected = `${records} records, got ${events.length}`;
  throw new InvalidInput({ field: 'records', expected });
}

function isContent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'content' in value;
}

function contentMissing(missing: number): InvalidInput {
  const expected = `all content that records name, ${missing} of it is nowhere`;
  return new InvalidInput({ field: 'contents', expected });
}

function readHeader(line: string, number: number): Header {
  const header = parseInput(headerSchema, parseLine(line, number), `line ${number}`);
  if (header.version <= WITH_CONTENTS) return header;
  throw new SessionManagerError(
    `The export has version ${header.version}; this process reads up to ${WITH_CONTENTS}`,
    {
      code: 'SCHEMA_TOO_NEW',
    },
  );
}

function readRecord(
  line: unknown,
  place: { readonly number: number; readonly position: number },
): LogEvent {
  const { record } = parseInput(
    z.looseObject({ record: z.string() }),
    line,
    `line ${place.number}`,
  );
  try {
    return decodeRecord(record, place.position);
  } catch (cause) {
    if (cause instanceof SessionManagerError && cause.code === 'CORRUPT_RECORD') {
      throw new InvalidInput({
        field: `line ${place.number}.record`,
        expected: 'a record of a session',
        cause,
      });
    }
    throw cause;
  }
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The parser's own message quotes the line, which is somebody's conversation.
    throw new InvalidInput({ field: `line ${number}`, expected: 'JSON' });
  }
}

function withKey(event: LogEvent, key: SessionKey): LogEvent {
  if (event.type === 'session-created') return { ...event, ...key };
  throw new InvalidInput({ field: 'record 1', expected: 'the creation of a session' });
}

/** The state after each batch of records; folding them all first proves that they make a session. */
async function foldChecked(
  store: Store,
  key: SessionKey,
  events: readonly LogEvent[],
): Promise<readonly SessionState[]> {
  const fork = forkIn(events[0]);
  let state = fork === null ? null : await loadNewForkBase({ store, key }, fork);
  const states: SessionState[] = [];
  for (const [index, event] of events.entries()) {
    if (index > 0 && event.type === 'session-created') {
      throw new InvalidInput({ field: `record ${index + 1}`, expected: 'no second creation' });
    }
    state = evolve(state, event);
    if (!isExact(state.totals)) throw countOverflow();
    if ((index + 1) % APPEND_RECORDS === 0 || index === events.length - 1) states.push(state);
  }
  return states;
}
