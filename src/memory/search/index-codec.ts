import { PagefoldError } from '../../domain/errors.ts';
import { MODALITIES, PAGE_ROLES, PAGE_TYPES, STORAGE_TIERS } from '../../domain/page.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import type { PageEntry } from './indexed-pages.ts';
import type { IndexedPage } from './search-page.ts';

/** The version that the first byte names. */
const SCHEMA_VERSION = 1;

/** Pages with their terms as bytes; every distinct text is written once. */
export function encodePages(entries: Iterable<PageEntry>): Uint8Array {
  const texts = new Map<string, number>();
  const body = new ByteWriter();
  let pages = 0;
  for (const entry of entries) {
    writeEntry(body, entry, (text) => {
      const known = texts.get(text) ?? texts.size;
      texts.set(text, known);
      return known;
    });
    pages += 1;
  }
  const head = new ByteWriter();
  head.writeNumber(SCHEMA_VERSION);
  head.writeNumber(texts.size);
  for (const text of texts.keys()) head.writeText(text);
  head.writeNumber(pages);
  return head.concat(body);
}

/**
 * The pages that {@link encodePages} wrote, in their order.
 * @throws PagefoldError CORRUPT_RECORD, SCHEMA_TOO_NEW
 */
export function* decodePages(bytes: Uint8Array): Generator<PageEntry> {
  const reader = new ByteReader(bytes);
  const version = reader.readNumber();
  if (version > SCHEMA_VERSION) {
    throw new PagefoldError('SCHEMA_TOO_NEW', `A search index has version ${version}.`);
  }
  const texts = Array.from({ length: reader.readCount() }, () => reader.readText());
  const pages = reader.readCount();
  const seen = new Set<string>();
  for (let page = 0; page < pages; page += 1) {
    const entry = readEntry(reader, texts);
    if (seen.has(entry.page.id)) throw corrupt();
    seen.add(entry.page.id);
    yield entry;
  }
  if (!reader.isAtEnd) throw corrupt();
}

function writeEntry(
  writer: ByteWriter,
  { page, length, terms }: PageEntry,
  numberOf: (text: string) => number,
): void {
  writer.writeText(page.id);
  writer.writeNumber(PAGE_TYPES.indexOf(page.type));
  writer.writeNumber(MODALITIES.indexOf(page.modality));
  writer.writeNumber(STORAGE_TIERS.indexOf(page.tier));
  writer.writeNumber(page.role === null ? 0 : PAGE_ROLES.indexOf(page.role) + 1);
  writer.writeNumber(page.speaker === null ? 0 : numberOf(page.speaker) + 1);
  writer.writeText(page.createdAtMs === null ? '' : String(page.createdAtMs));
  writer.writeNumber(page.isQuestion ? 1 : 0);
  writer.writeNumber(length);
  writer.writeNumber(terms.size);
  for (const [term, count] of terms) {
    writer.writeNumber(numberOf(term));
    writer.writeNumber(count);
  }
}

function readEntry(reader: ByteReader, texts: readonly string[]): PageEntry {
  const page = readPage(reader, texts);
  const length = reader.readNumber();
  const terms = new Map<string, number>();
  const count = reader.readCount();
  for (let term = 0; term < count; term += 1) {
    terms.set(pick(texts, reader.readNumber()), reader.readNumber());
  }
  return { page, length, terms };
}

function readPage(reader: ByteReader, texts: readonly string[]): IndexedPage {
  return {
    id: reader.readText(),
    type: pick(PAGE_TYPES, reader.readNumber()),
    modality: pick(MODALITIES, reader.readNumber()),
    tier: pick(STORAGE_TIERS, reader.readNumber()),
    role: pickOrNull(PAGE_ROLES, reader.readNumber()),
    speaker: pickOrNull(texts, reader.readNumber()),
    createdAtMs: toTime(reader.readText()),
    isQuestion: pick([false, true], reader.readNumber()),
  };
}

function toTime(text: string): number | null {
  if (text === '') return null;
  const timeMs = Number(text);
  if (Number.isNaN(timeMs)) throw corrupt();
  return timeMs;
}

function pick<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw corrupt();
  return value;
}

/** Zero stands for nothing. */
function pickOrNull<T>(values: readonly T[], number: number): T | null {
  return number === 0 ? null : pick(values, number - 1);
}

function corrupt(): PagefoldError {
  return new PagefoldError('CORRUPT_RECORD', 'A search index cannot be read; build it again.');
}
