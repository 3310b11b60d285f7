import type { CommandReply } from '../actors/envelope.ts';
import { PagefoldError } from '../domain/errors.ts';
import { reportsFailure } from '../domain/failure-report.ts';
import { isJsonObject, parseJsonValue, toText } from '../domain/json.ts';
import type { SessionEvent } from '../domain/session-event.ts';
import { previewOf, type ShownValue } from './long-value.ts';
import { toReceipt } from './record-receipt.ts';
import { readEvents, type ReadSource } from './session-reader.ts';

/** What of the end of a call says what it gave. */
interface GivenResult {
  readonly result?: unknown;
  readonly isBound?: boolean | undefined;
  readonly hasFailed?: boolean | undefined;
}

/** What came of recording a call, and what stands there for a result that nothing could hold; null where it did. */
export interface FittingRecord {
  readonly reply: CommandReply;
  readonly preview: ShownValue | null;
}

/**
 * Records a call that has run, whatever it gave: of a result that neither the record nor an archive can hold, its beginning.
 * @throws what `record` throws, EVENT_TOO_LARGE only where it is not the result that is too large.
 */
export async function recordFitting<End extends GivenResult>(
  end: End,
  record: (end: End) => Promise<CommandReply>,
): Promise<FittingRecord> {
  try {
    return { reply: await record(end), preview: null };
  } catch (error) {
    if (!PagefoldError.isInstance(error) || error.code !== 'EVENT_TOO_LARGE') throw error;
    const result = parseJsonValue(end.result ?? null, 'end.result');
    const shown = previewOf(result);
    if (toText(result).length <= toText(shown).length) throw error;
    // A name for the beginning of a value would be taken for the value.
    const fitting = { ...end, result: shown, isBound: false };
    const reply = await record(reportsFailure(result) ? { hasFailed: true, ...fitting } : fitting);
    return { reply, preview: { shown, storedAs: null } };
  }
}

/** What a record holds in the place of a result that went to the archive, and where that is; null where none did. */
export async function archivedResult(
  result: unknown,
  { reply, source }: { readonly reply: CommandReply; readonly source: ReadSource },
): Promise<ShownValue | null> {
  const { message, archive } = (await recordedCall(reply, source)) ?? {};
  if (archive === undefined || !isJsonObject(message)) return null;
  const { length } = toText(parseJsonValue(result ?? null, 'end.result'));
  const { artifactId } = archive;
  return {
    shown: message['result'] ?? null,
    storedAs: { kind: 'artifact', artifactId, length },
  };
}

async function recordedCall(
  reply: CommandReply,
  source: ReadSource,
): Promise<SessionEvent | undefined> {
  const events = reply.kind === 'committed' ? (reply.events ?? []) : [];
  for (const entry of events)
    if (entry.type === 'event-recorded' && entry.event.type === 'tool_call') return entry.event;
  const { position } = toReceipt(source.key.sessionId, reply);
  const range = { fromPosition: position, toPosition: position };
  for await (const event of readEvents(source, range)) return event;
  return undefined;
}
