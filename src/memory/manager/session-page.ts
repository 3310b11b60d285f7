import type { JsonObject } from '../../domain/json.ts';
import { createMemoryPage, type MemoryPage } from '../../domain/memory-page.ts';
import type { PageRole, PageType } from '../../domain/page.ts';
import type { SegmentSummary } from '../../domain/segment.ts';
import type { SessionEvent } from '../../domain/session-event.ts';
import {
  contentText,
  toAnswerContent,
  toSystemText,
  toUserContent,
} from '../../domain/message-content.ts';
import { declaredCalls, type ToolRequest, toolUseOf } from '../../domain/tool-call.ts';

/** What is read of an event to make a page of it. */
export type PageEvent = Pick<
  SessionEvent,
  'message' | 'source' | 'type' | 'metadata' | 'timestampMs'
>;

/** How much pages count before anything is known of them: what people ask more than what they are answered. */
const IMPORTANCE: Readonly<Record<PageRole, number>> = {
  user: 0.6,
  assistant: 0.5,
  tool: 0.4,
  system: 0.5,
};
const SUMMARY_IMPORTANCE = 0.9;

/** Characters of a page that its hint shows. */
const HINT_LENGTH = 120;
/** As a rule the hint is found in so many characters. */
const LOOKED_AT = 240;
/** What is not one plain space between words. */
const ODD_SPACE = /[^\S ]| {2}/;

/** What a page has besides its kind and content. */
type PageKind = Pick<
  MemoryPage,
  'pageId' | 'pageType' | 'role' | 'importance' | 'content' | 'hint'
>;

/**
 * The page of a recorded event, with the event's position in its id; null for events that no prompt shows. A page copies
 * nothing for good: its content is read from the event again whenever it is needed.
 */
export function pageOfEvent(event: PageEvent, position: number): MemoryPage | null {
  if (event.type === 'tool_call') return toolPage(event, position);
  if (event.type !== 'message') return null;
  const role = roleOf(event);
  const content = pageText(event);
  const kind = { pageId: `msg_${position}`, pageType: 'transcript', role, content } as const;
  return filledIn(event, {
    ...kind,
    importance: IMPORTANCE[role],
    hint: hintOf(`[${role}]`, content),
  });
}

/** The page of a closed segment's summary. */
export function summaryPage(
  segment: number,
  { summary, atMs }: { readonly summary: SegmentSummary; readonly atMs: number },
): MemoryPage {
  return filledIn(
    { metadata: {}, timestampMs: atMs },
    {
      pageId: `sum_${segment}`,
      pageType: 'summary',
      role: null,
      content: summary.text,
      importance: SUMMARY_IMPORTANCE,
      hint: hintOf('[summary]', summary.text),
    },
  );
}

/** The position in the log that the id of a message's or a tool's page names; null for other pages. */
export function positionOfPage(pageId: string): number | null {
  const found = /^(?:msg|tool)_(\d+)$/.exec(pageId);
  return found === null ? null : Number(found[1]);
}

function toolPage(event: PageEvent, position: number): MemoryPage {
  const use = toolUseOf(event.message);
  const call = callText(use);
  const content = use.outcome === null ? call : `${call} -> ${use.outcome.content}`;
  const page = filledIn(event, {
    pageId: `tool_${position}`,
    pageType: 'artifact' satisfies PageType,
    role: 'tool',
    content,
    importance: IMPORTANCE.tool,
    hint: hintOf(`[tool] ${use.name}`, use.outcome?.content ?? use.arguments),
  });
  return { ...page, toolName: use.name };
}

function roleOf({ source }: PageEvent): PageRole {
  if (source === 'user') return 'user';
  return source === 'llm' ? 'assistant' : 'system';
}

/** What was said and the calls that were asked for, as the page keeps it. */
function pageText({ message, source }: PageEvent): string {
  if (source === 'user') return contentText(toUserContent(message));
  if (source === 'system') return toSystemText(message);
  const said = contentText(toAnswerContent(message));
  const calls = declaredCalls(message).map(callText);
  return [said, ...calls].filter((text) => text !== '').join('\n');
}

/** A call in words. */
export function callText(call: ToolRequest): string {
  return `${call.name}(${call.arguments})`;
}

/** A line that tells what a text is about: its beginning, behind a tag. */
export function hintOf(tag: string, text: string): string {
  const head = headLine(text);
  // Half of a character would be a hint that no encoder takes.
  return `${tag} ${/[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head}`.trimEnd();
}

/** The beginning of a text in one line; of a long text no more is looked at than its beginning needs. */
function headLine(text: string): string {
  const head = text.length > LOOKED_AT ? toLine(text.slice(0, LOOKED_AT)) : '';
  return head.length === HINT_LENGTH ? head : toLine(text);
}

function toLine(text: string): string {
  const line = ODD_SPACE.test(text) ? text.replaceAll(/\s+/g, ' ') : text;
  return line.trim().slice(0, HINT_LENGTH);
}

function filledIn(
  { metadata, timestampMs }: { readonly metadata: JsonObject; readonly timestampMs: number },
  kind: PageKind,
): MemoryPage {
  const speaker = metadata['speaker'];
  return createMemoryPage({
    ...kind,
    createdAtMs: timestampMs,
    speaker: typeof speaker === 'string' && speaker !== '' ? speaker : null,
  });
}
