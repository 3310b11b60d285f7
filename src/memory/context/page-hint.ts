import { toText } from '../../domain/json.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import { withoutInlineData } from './inline-data.ts';
import { textHead } from './text-head.ts';

/** Characters of a page that its hint shows. */
const HINT_LENGTH = 120;

/** Of long pages no more than this is looked at. */
const MAX_READ_LENGTH = 4 * HINT_LENGTH;

/**
 * A line that helps a model to find a page: who speaks or what it is, in brackets, and how it begins: `[user] My dog ...`,
 * `[tool] search {"hits":...`, `[summary] ...`.
 */
export function pageHint(
  page: Pick<
    MemoryPage,
    'role' | 'pageType' | 'modality' | 'toolName' | 'content' | 'caption' | 'transcript'
  >,
): string {
  const body = withoutInlineData(textOf(page).slice(0, MAX_READ_LENGTH));
  const words = `${page.toolName ?? ''} ${body}`.replaceAll(/\s+/g, ' ').trim();
  return `[${tagOf(page)}] ${textHead(words, HINT_LENGTH)}`.trim();
}

function tagOf({
  role,
  pageType,
  modality,
}: Pick<MemoryPage, 'role' | 'pageType' | 'modality'>): string {
  if (pageType !== 'transcript' && pageType !== 'artifact') return pageType;
  if (role !== null) return role;
  if (pageType === 'artifact') return 'tool';
  return modality === 'text' ? 'user' : modality;
}

function textOf({
  modality,
  content,
  caption,
  transcript,
}: Pick<MemoryPage, 'modality' | 'content' | 'caption' | 'transcript'>): string {
  const words = caption ?? transcript;
  if (words !== null && modality !== 'text') return words;
  return content === null ? '' : toText(content);
}
