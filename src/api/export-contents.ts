import { z } from 'zod';
import { type ArchivedContent, contentName, partId } from '../domain/archived-content.ts';
import type { LogEvent } from '../domain/log-event.ts';
import type { ContentArchive } from '../runtime/content-archive.ts';
import { decodeRecord } from '../store/codec.ts';

/** Bytes of content that one line of an export holds at most, up to the character that begins after them. */
const LINE_BYTES = 262_144;

/** A part of content, in the order of parts, which count from 1. */
export interface ContentPart {
  readonly content: Pick<ArchivedContent, 'sessionId' | 'artifactId'>;
  readonly part: number;
  readonly parts: number;
  readonly text: string;
}

/** Says that content is nowhere any more. */
export interface MissingContent extends Pick<ContentPart, 'content'> {
  readonly missing: true;
}

const content = z.looseObject({ sessionId: z.string(), artifactId: z.string() });
const count = z.int().positive();

/** A line of an export that is no record. */
export const contentLineSchema: z.ZodType<ContentPart | MissingContent> = z.union([
  z.looseObject({ content, part: count, parts: count, text: z.string() }),
  z.looseObject({ content, missing: z.literal(true) }),
]);

/** Content that records of one session name, each once, by what tells it from the others. */
export type NamedContents = Map<string, ArchivedContent>;

/** The content that an event names; null when it names none. */
export function contentNamedBy(event: LogEvent): ArchivedContent | null {
  return event.type === 'event-recorded' ? (event.event.archive ?? null) : null;
}

/** Notes what content a record names. */
export function noteContent(named: NamedContents, record: string, position: number): void {
  // Most records name none, and to read each would take longer than to write it out.
  if (!record.includes('"archive":')) return;
  const archived = contentNamedBy(decodeRecord(record, position));
  if (archived !== null) named.set(contentName(archived), archived);
}

/**
 * The lines of all content that a session names, part by part. Of content that is gone or damaged a line says that it is missing.
 * @throws what the artifact store rejects with.
 */
export async function* contentLines(
  archive: ContentArchive,
  tenant: string,
  named: NamedContents,
): AsyncGenerator<string> {
  for (const archived of named.values()) yield* linesOf(archive, tenant, archived);
}

async function* linesOf(
  archive: ContentArchive,
  tenant: string,
  archived: ArchivedContent,
): AsyncGenerator<string> {
  const { sessionId, artifactId, sizeBytes } = archived;
  const named = { sessionId, artifactId };
  const parts = Math.ceil(sizeBytes / LINE_BYTES);
  for (let number = 1; number <= parts; number += 1) {
    const part = { content: { ...archived, partBytes: LINE_BYTES }, number };
    // In order, and one in memory at a time.
    const texts = await archive.read(tenant, [part]);
    const text = texts.get(partId(part));
    if (text === undefined) {
      yield JSON.stringify({ content: named, missing: true });
      return;
    }
    yield JSON.stringify({ content: named, part: number, parts, text });
  }
}
