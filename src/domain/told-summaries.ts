import { briefText } from './brief-summary.ts';
import { type EffectiveSummary, effectiveSummaries, type SegmentSpan } from './segment-span.ts';
import type { ClosedSegment } from './segment.ts';
import { saysNothing } from './summary-note.ts';

/** What a prompt says of a closed segment, or of several: a summary, its beginning, or that nothing is told of them. */
export interface ToldSummary {
  readonly fromSegment: number;
  readonly toSegment: number;
  readonly text: string;
  /** In a prompt, besides `NOTE_TOKENS`. */
  readonly tokens: number;
}

/** Stands where no summary of segments had room, so that nobody takes what is left for the whole story. */
export const LEFT_OUT = '(left out here)';
/** Tokens of {@link LEFT_OUT} (o200k_base, cl100k_base). */
const LEFT_OUT_TOKENS = 4;
/** And of what "segments 9 to 40" says more than "segment 1", the numbers apart. */
const RANGE_TOKENS = 2;
/** Digits that make one token in either vocabulary. */
const DIGITS_PER_TOKEN = 3;

/** A summary with the forms in which it may be told. */
interface Candidate {
  readonly summary: EffectiveSummary;
  readonly whole: ToldSummary;
  readonly short: ToldSummary;
}

type Told = ReadonlyMap<EffectiveSummary, ToldSummary>;

interface ToldTogether {
  readonly summaries: readonly ToldSummary[];
  readonly tokens: number;
}

interface Summarised {
  readonly closed: readonly ClosedSegment[];
  readonly spans: readonly SegmentSpan[];
}

const NOTHING: ToldTogether = { summaries: [], tokens: 0 };

/** What was told last of these segments: every message asks, and the answer changes with a closing or a summary only. */
const latest = new WeakMap<
  readonly ClosedSegment[],
  {
    readonly spans: readonly SegmentSpan[];
    readonly maxTokens: number;
    readonly told: ToldTogether;
  }
>();

/**
 * What a prompt is told of the closed segments within a budget, oldest first, and its tokens. Where not all of it fits, summaries
 * are shortened: each keeps its beginning, and what is left goes to the newest first, since what is said next follows it, then to
 * those of the highest level, since they stand for most, then to the next newest. Where not even the beginnings fit, the oldest
 * single segments are the first that are named as left out. It depends on what was recorded and nothing else, so the same prompt
 * begins with the same bytes until a segment closes or gets another summary.
 */
export function summariesWithin(state: Summarised, maxTokens: number): ToldTogether {
  const { closed, spans } = state;
  if (closed.length === 0 && spans.length === 0) return NOTHING;
  const known = latest.get(closed);
  if (known !== undefined && known.spans === spans && known.maxTokens === maxTokens)
    return known.told;
  const told = choose(effectiveSummaries(state), maxTokens);
  latest.set(closed, { spans, maxTokens, told });
  return told;
}

function choose(all: readonly EffectiveSummary[], maxTokens: number): ToldTogether {
  const ranked = all
    .filter(({ summary }) => !saysNothing(summary.text))
    .toReversed()
    .toSorted((left, right) => right.level - left.level)
    .map(asCandidate);
  for (let count = ranked.length; count >= 0; count -= 1) {
    const kept = ranked.slice(0, count);
    const shortest = withMarks(all, new Map(kept.map(({ summary, short }) => [summary, short])));
    const room = maxTokens - tokensOf(shortest);
    if (room < 0) continue;
    const summaries = withMarks(all, lengthened(newestFirst(kept), room));
    return { summaries, tokens: tokensOf(summaries) };
  }
  return NOTHING;
}

function asCandidate(summary: EffectiveSummary): Candidate {
  const { fromSegment, toSegment } = summary;
  const { text, tokens, brief } = summary.summary;
  const whole = { fromSegment, toSegment, text, tokens };
  if (brief === undefined) return { summary, whole, short: whole };
  const short = { fromSegment, toSegment, text: briefText(text, brief), tokens: brief.tokens };
  return { summary, whole, short };
}

/** The newest before all others, which keep their order. */
function newestFirst(kept: readonly Candidate[]): readonly Candidate[] {
  const last = Math.max(...kept.map(({ summary }) => summary.toSegment));
  const isNewest = ({ summary }: Candidate): boolean => summary.toSegment === last;
  return [...kept.filter(isNewest), ...kept.filter((one) => !isNewest(one))];
}

/** The first ones whole, as long as there is room for it. */
function lengthened(kept: readonly Candidate[], room: number): Told {
  const told = new Map<EffectiveSummary, ToldSummary>();
  let left = room;
  for (const { summary, whole, short } of kept) {
    const more = whole.tokens - short.tokens;
    const isWhole = more <= left;
    if (isWhole) left -= more;
    told.set(summary, isWhole ? whole : short);
  }
  return told;
}

/** In the order of the conversation, with one mark for neighbours that are not told. */
function withMarks(all: readonly EffectiveSummary[], told: Told): readonly ToldSummary[] {
  const shown: ToldSummary[] = [];
  let gap: EffectiveSummary | null = null;
  for (const [at, summary] of all.entries()) {
    const one = told.get(summary);
    if (one !== undefined) shown.push(one);
    gap = one === undefined ? (gap ?? summary) : null;
    const next = all[at + 1];
    const isLast = next === undefined || told.has(next);
    if (gap !== null && isLast) shown.push(leftOut(gap.fromSegment, summary.toSegment));
  }
  return shown;
}

function leftOut(fromSegment: number, toSegment: number): ToldSummary {
  const range = fromSegment === toSegment ? 0 : RANGE_TOKENS + numberTokens(fromSegment);
  const tokens = LEFT_OUT_TOKENS + range + numberTokens(toSegment) - 1;
  return { fromSegment, toSegment, text: LEFT_OUT, tokens };
}

function numberTokens(value: number): number {
  return Math.ceil(String(value).length / DIGITS_PER_TOKEN);
}

function tokensOf(summaries: readonly ToldSummary[]): number {
  return summaries.reduce((sum, { tokens }) => sum + tokens, 0);
}
