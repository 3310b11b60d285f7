import { z } from 'zod';
import { BRIEF_TOKENS } from './brief-summary.ts';
import { cutText } from './cut-text.ts';
import {
  type ClosedSegment,
  MAX_RESIDENT_SEGMENTS,
  type SegmentSummary,
  segmentSummarySchema,
} from './segment.ts';
import { textHash } from './text-hash.ts';

/** Consecutive closed segments that one summary of their summaries stands for. Their events stay in the log, as do theirs. */
export interface SegmentSpan {
  /** How many times summaries were summarised: 1 over segments, and more over other spans. */
  readonly level: number;
  readonly fromSegment: number;
  readonly toSegment: number;
  /** Where its first segment begins. */
  readonly fromPosition: number;
  /** Of the record that made it, which holds what it was made from. */
  readonly toPosition: number;
  readonly summary: SegmentSummary;
}

/** What a span is made from: a summary of one or several segments. */
export interface SpanSource {
  readonly fromSegment: number;
  readonly toSegment: number;
  readonly text: string;
  readonly tokens: number;
}

/** A summary that stands for a segment (level 0) or for several. */
export type EffectiveSummary = SegmentSpan;

/** Spans that a state keeps at most; neighbours become one to make room. */
export const MAX_SPANS = 4;
/** Of the tokens that summaries have in a prompt, the part that a span may take: all spans together take half of them. */
const SPAN_PART = 1 / (2 * MAX_SPANS);
/** And the part that the summary of one segment may take, so that by default the latest one fits beside the beginnings of all others. */
const SEGMENT_PART = 1 / 2;
/** A span of the lowest level is over half of them, and over two at least. */
const MIN_RESIDENT_SEGMENTS = 3;
/** Of the text of each source, and of what stands for all of them, in UTF-16 units. */
const MAX_SOURCE_LENGTH = 32_000;
/** Of the same as JSON, which makes up to six characters of one: a record has room for as many as a span has sources, and one more. */
const MAX_SOURCE_JSON = 62_500;

/** Parses a stored span. */
export const segmentSpanSchema: z.ZodType<SegmentSpan> = z.looseObject({
  level: z.int().positive(),
  fromSegment: z.int().positive(),
  toSegment: z.int().positive(),
  fromPosition: z.int().positive(),
  toPosition: z.int().positive(),
  summary: segmentSummarySchema,
});

/** Parses a stored source. */
export const spanSourceSchema: z.ZodType<SpanSource> = z.looseObject({
  fromSegment: z.int().positive(),
  toSegment: z.int().positive(),
  text: z.string(),
  tokens: z.int().nonnegative(),
});

/** Tokens that the summary of a segment (level 0) or of a span has at most, of those that all summaries have together. */
export function summaryShare(level: number, summaryTokens: number): number {
  return Math.floor(summaryTokens * (level === 0 ? SEGMENT_PART : SPAN_PART));
}

/** How many closed segments have summaries of their own at most: as many as have room for the beginnings of theirs beside the spans. */
export function residentSegments(summaryTokens: number): number {
  const room = Math.floor((summaryTokens * SEGMENT_PART) / BRIEF_TOKENS);
  return Math.max(MIN_RESIDENT_SEGMENTS, Math.min(room, MAX_RESIDENT_SEGMENTS));
}

/** A closed segment as what its summary stands for. */
export function asEffective(segment: ClosedSegment): EffectiveSummary {
  const { number, fromPosition, toPosition, summary } = segment;
  return { level: 0, fromSegment: number, toSegment: number, fromPosition, toPosition, summary };
}

/** The summaries that stand for all closed segments, oldest first; each segment is in one of them. */
export function effectiveSummaries(state: {
  readonly spans: readonly SegmentSpan[];
  readonly closed: readonly ClosedSegment[];
}): readonly EffectiveSummary[] {
  return [...state.spans, ...state.closed.map(asEffective)];
}

/** What a summary was asked for on: another one, or another place, has another hash. */
export function summaryHash(summary: EffectiveSummary): string {
  const { level, fromSegment, toSegment, fromPosition, toPosition } = summary;
  const { revision, text } = summary.summary;
  const place = [level, fromSegment, toSegment, fromPosition, toPosition, revision];
  return textHash(`${place.join(' ')} ${text}`);
}

/** As a source of a span. */
export function toSource({ fromSegment, toSegment, summary }: EffectiveSummary): SpanSource {
  const text = recordableText(summary.text);
  return { fromSegment, toSegment, text, tokens: summary.tokens };
}

/**
 * The two neighbours that become one when there are too many spans: those whose sizes differ least, the oldest of several.
 * Sizes then grow with age, so that nothing is summarised again often. Null as long as there is room.
 */
export function spansToMerge(
  spans: readonly SegmentSpan[],
): readonly [SegmentSpan, SegmentSpan] | null {
  if (spans.length < MAX_SPANS) return null;
  let best: readonly [SegmentSpan, SegmentSpan] | null = null;
  let least = Infinity;
  for (const [index, newer] of spans.entries()) {
    const older = spans[index - 1];
    if (older === undefined) continue;
    const ratio = sizeOf(older) / sizeOf(newer);
    if (ratio >= least) continue;
    least = ratio;
    best = [older, newer];
  }
  return best;
}

/**
 * The text that stands for several summaries until a model has written one: the beginning of each, within a length. Where that
 * leaves each a few letters, only some of them are told, from the first to the last.
 */
export function joinedSummaries(sources: readonly SpanSource[], maxLength: number): string {
  const texts = sources.map(({ text }) => text.replace(/^User discussed: /, '').trim());
  const told = texts.filter((text) => text !== '');
  if (told.length === 0) return '';
  const most = Math.floor((maxLength + JOINT.length) / (MIN_SHARE + JOINT.length));
  const some = spread(told, Math.max(1, most));
  const share = Math.floor((maxLength - JOINT.length * (some.length - 1)) / some.length);
  return share <= 0 ? '' : some.map((text) => cutText(text, share)).join(JOINT);
}

/** At most so many, evenly spread, the last one among them. */
function spread(texts: readonly string[], most: number): readonly string[] {
  if (texts.length <= most) return texts;
  const step = most === 1 ? 0 : (texts.length - 1) / (most - 1);
  const last = texts.length - 1;
  return Array.from(
    { length: most },
    (_, at) => texts[Math.round(last - (most - 1 - at) * step)] ?? '',
  );
}

const JOINT = ' / ';
/** Fewer UTF-16 units of a summary say nothing. */
const MIN_SHARE = 24;

function sizeOf({ fromSegment, toSegment }: SegmentSpan): number {
  return toSegment - fromSegment + 1;
}

/** The beginning of a text that a record has room for besides others. */
export function recordableText(text: string): string {
  let cut = cutText(text, MAX_SOURCE_LENGTH);
  for (;;) {
    const { length } = JSON.stringify(cut);
    if (length <= MAX_SOURCE_JSON) return cut;
    // Where characters are dearer at the beginning than on average, once more.
    cut = cutText(cut, Math.floor((cut.length * MAX_SOURCE_JSON) / length) - 1);
  }
}
