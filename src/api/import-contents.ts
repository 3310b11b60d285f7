import { type ArchivedContent, contentName } from '../domain/archived-content.ts';
import { InvalidInput, InvalidSessionOperation } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { LogEvent } from '../domain/log-event.ts';
import { parseInput } from '../domain/parse.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { contentLineSchema, contentNamedBy } from './export-contents.ts';

/** Content whose lines are being read. */
interface Pending {
  readonly archived: ArchivedContent;
  readonly parts: Buffer[];
  readonly bytes: number;
}

/** The records as they are to be written, with content named where an import with content keeps it: under the session itself. */
export function withOwnContent(event: LogEvent, { sessionId }: SessionKey): LogEvent {
  const archive = contentNamedBy(event);
  if (archive === null || event.type !== 'event-recorded') return event;
  return { ...event, event: { ...event.event, archive: { ...archive, sessionId } } };
}

/** Stores the content that comes with an export, one at a time, before the records that name it. */
export class ImportedContents {
  readonly #runtime: Runtime;
  readonly #key: SessionKey;
  /** What the records of the export name and has not come yet. */
  readonly #awaited: Map<string, ArchivedContent> = new Map();
  #pending: Pending | null = null;

  constructor(runtime: Runtime, key: SessionKey, events: readonly LogEvent[]) {
    this.#runtime = runtime;
    this.#key = key;
    for (const event of events) {
      const archived = contentNamedBy(event);
      if (archived !== null) this.#awaited.set(contentName(archived), archived);
    }
  }

  /** Whether nothing has to come any more. */
  get isComplete(): boolean {
    return this.#awaited.size === 0;
  }

  /**
   * Takes a line.
   * @throws INVALID_INPUT naming it, INVALID_SESSION_OPERATION where there is no artifact store to put content in, and what that
   * rejects with.
   */
  async take(value: unknown, number: number): Promise<void> {
    const line = parseInput(contentLineSchema, value, `line ${number}`);
    const archived = this.#pending?.archived ?? this.#awaited.get(contentName(line.content));
    if (archived === undefined || contentName(archived) !== contentName(line.content))
      throw wrong(number, 'content', 'content that a record names, all parts of it, once');
    if ('missing' in line) {
      this.#end(archived);
      return;
    }
    const { parts, bytes }: Pick<Pending, 'parts' | 'bytes'> = this.#pending ?? {
      parts: [],
      bytes: 0,
    };
    if (line.part !== parts.length + 1 || line.part > line.parts)
      throw wrong(number, 'part', `part ${parts.length + 1}`);
    const part = Buffer.from(line.text, 'utf8');
    // Before more is kept than the record says that there is.
    if (bytes + part.length > archived.sizeBytes)
      throw wrong(number, 'text', `${archived.sizeBytes} bytes in all parts`);
    parts.push(part);
    this.#pending = { archived, parts, bytes: bytes + part.length };
    if (line.part === line.parts) await this.#store(archived, parts, number);
  }

  /** @throws INVALID_INPUT when the lines end before everything has come that had to. */
  finish(): void {
    if (this.isComplete) return;
    const expected = `lines of all content that records name, ${this.#awaited.size} more`;
    throw new InvalidInput({ field: 'contents', expected });
  }

  async #store(archived: ArchivedContent, parts: readonly Buffer[], number: number): Promise<void> {
    const { archive } = this.#runtime;
    if (archive === null) {
      const reason =
        'the export holds archived content, and this runtime was opened without an artifact store';
      const { sessionId } = this.#key;
      throw new InvalidSessionOperation({ operation: 'importSession', reason, sessionId });
    }
    if (!(await archive.restore(this.#key, archived, Buffer.concat(parts))))
      throw wrong(number, 'text', 'the content that its id was made from');
    this.#end(archived);
  }

  #end(archived: ArchivedContent): void {
    this.#pending = null;
    this.#awaited.delete(contentName(archived));
  }
}

/** How much of the content that records name is not in the artifact store. */
export async function countMissing(
  { archive }: Pick<Runtime, 'archive'>,
  { tenant }: SessionKey,
  events: readonly LogEvent[],
): Promise<number> {
  const named = events.map(contentNamedBy).filter((archived) => archived !== null);
  const distinct = new Map(named.map((archived) => [contentName(archived), archived]));
  let missing = 0;
  // In order: an artifact store may be slow, and an import is not in anybody's way.
  for (const archived of distinct.values())
    if (archive === null || !(await archive.has(tenant, archived))) missing += 1;
  return missing;
}

function wrong(number: number, name: string, expected: string): InvalidInput {
  return new InvalidInput({ field: `line ${number}.${name}`, expected });
}
