import type { ContextLineOptions } from '../../domain/context-options.ts';
import { toText } from '../../domain/json.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import type { PageRole, PageType } from '../../domain/page.ts';
import type { ContextEntry } from './context-plan.ts';
import { jsonBody } from './json-body.ts';
import { audioBody, imageBody, videoBody } from './media-body.ts';
import { idText, plainOrQuoted, quoted } from './safe-text.ts';
import { excerptOf } from './text-head.ts';

/** The letters that lines begin with: who speaks, what was made of it, or which medium it is. */
export const CONTEXT_PREFIXES = ['U', 'A', 'T', 'S', 'I', 'D', 'V', 'J', '?'] as const;
/** One of {@link CONTEXT_PREFIXES}. */
export type ContextPrefix = (typeof CONTEXT_PREFIXES)[number];

/** Characters of a transcript that a line shows when nothing else is said. */
const DEFAULT_TRANSCRIPT_LENGTH = 200;

/** What is shown of content of an unknown kind, in characters. */
const MAX_UNKNOWN_LENGTH = 500;

const MEDIUM_PREFIXES: ReadonlyMap<string, ContextPrefix> = new Map([
  ['image', 'I'],
  ['audio', 'D'],
  ['video', 'V'],
  ['structured', 'J'],
]);
const ROLE_PREFIXES: Readonly<Record<PageRole, ContextPrefix>> = {
  user: 'U',
  assistant: 'A',
  tool: 'T',
  system: 'S',
};
/** Where nobody speaks, what the page is for tells who made it; a transcript is settled by what else is known of it. */
const TYPE_PREFIXES: Readonly<Record<PageType, ContextPrefix | null>> = {
  transcript: null,
  summary: 'S',
  artifact: 'T',
  claim: 'S',
  procedure: 'S',
  index: 'S',
};

/**
 * One page as one line: `U (msg_1): "text"`. Text is a JSON string, data is JSON, a medium stands in brackets; whatever a page
 * holds, nothing of it can end the line or look like the beginning of another.
 */
export function contextLine(
  entry: Pick<ContextEntry, 'page' | 'level' | 'text'>,
  options: ContextLineOptions = {},
): string {
  const { includePageIds = true, includeTimestamps = false, includeSpeakers = true } = options;
  const { page } = entry;
  const speaker = includeSpeakers ? page.speaker : null;
  const head = [
    contextPrefix(page),
    speaker === null || speaker === '' ? null : plainOrQuoted(speaker),
    includePageIds ? `(${idText(page.pageId)})` : null,
    includeTimestamps ? timeText(page.createdAtMs) : null,
  ].filter((part) => part !== null);
  return `${head.join(' ')}: ${lineBody(entry, options)}`;
}

/** The letter that the line of a page begins with. */
export function contextPrefix(
  page: Pick<MemoryPage, 'modality' | 'role' | 'pageType' | 'pageId' | 'metadata'>,
): ContextPrefix {
  if (page.modality !== 'text') return MEDIUM_PREFIXES.get(page.modality) ?? '?';
  if (page.pageType === 'summary') return 'S';
  const role = page.role ?? roleIn(page.metadata['role']);
  if (role !== null) return ROLE_PREFIXES[role];
  return TYPE_PREFIXES[page.pageType] ?? prefixByMarks(page);
}

/** Pages that came from elsewhere say who speaks in their metadata, if anywhere. */
function prefixByMarks({
  metadata,
  pageId,
}: Pick<MemoryPage, 'pageId' | 'metadata'>): ContextPrefix {
  if (metadata['type'] === 'transcript') return 'T';
  return metadata['type'] === 'summary' || pageId.includes('summary') ? 'S' : 'U';
}

function roleIn(value: unknown): PageRole | null {
  switch (value) {
    case 'user':
    case 'assistant':
    case 'tool':
    case 'system':
      return value;
    default:
      return null;
  }
}

function lineBody(
  { page, level, text }: Pick<ContextEntry, 'page' | 'level' | 'text'>,
  { maxTranscriptLength = DEFAULT_TRANSCRIPT_LENGTH }: ContextLineOptions,
): string {
  switch (page.modality) {
    case 'text':
      return quoted(text);
    case 'structured':
      return jsonBody(text);
    case 'image':
      return level === 0 ? imageBody(page) : quoted(text);
    case 'audio':
      return level === 0 ? audioBody(page, maxTranscriptLength) : quoted(text);
    case 'video':
      return level === 0 ? videoBody(page, maxTranscriptLength) : quoted(text);
    default:
      return unknownBody(page);
  }
}

/** For modalities that a newer version or a caller without types may know. */
function unknownBody({ content }: MemoryPage): string {
  const text = excerptOf(content === null ? '' : toText(content), MAX_UNKNOWN_LENGTH);
  return text === '' ? '[no content]' : plainOrQuoted(text);
}

/** To the minute: seconds cost tokens and tell nothing. */
function timeText(atMs: number): string | null {
  const time = new Date(atMs);
  return Number.isNaN(time.getTime()) ? null : `${time.toISOString().slice(0, 16)}Z`;
}
