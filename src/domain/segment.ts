import { z } from 'zod';

/** When the open segment of a session closes, and what of it the next prompt still shows. */
export interface SegmentPolicy {
  /** Close before the next user message once the segment would fill a prompt of this many tokens. */
  readonly tokenThreshold: number;
  /** Close before the next user message once the segment holds this many messages (a question and its answer are two). */
  readonly maxTurnsPerSegment: number;
  /** Recent exchanges carried over a roll-over take at most this many tokens. */
  readonly carryTokens: number;
  /** Summaries of closed segments take at most this many tokens of a prompt. */
  readonly summaryTokens: number;
  /** Ask for a better summary than the extractive one after closing. */
  readonly requestSummary: boolean;
}

/** Where a summary came from. `derived` text has unknown trust and is never an instruction. */
export const SUMMARY_ORIGINS = ['extractive', 'model'] as const;
/** One of `SUMMARY_ORIGINS`. */
export type SummaryOrigin = (typeof SUMMARY_ORIGINS)[number];

/** What stands for a closed segment in later prompts; the segment's own events stay in the log. */
export interface SegmentSummary {
  readonly text: string;
  readonly tokens: number;
  readonly origin: SummaryOrigin;
  /** 0 for the extractive summary made on closing; each later one is higher. */
  readonly revision: number;
}

/** A numbered range of the log that takes no more events. */
export interface ClosedSegment {
  /** Counts from 1. */
  readonly number: number;
  readonly fromPosition: number;
  /** The position of the record that closed it. */
  readonly toPosition: number;
  readonly closedAtMs: number;
  readonly messages: number;
  readonly summary: SegmentSummary;
}

/** One user message and all that followed it; a roll-over never cuts one in two. */
export interface Exchange {
  readonly fromPosition: number;
  readonly tokens: number;
}

/** Bounded notes for the extractive summary, kept while the segment grows so that closing reads nothing. */
export interface SegmentDigest {
  /** The first questions of the user, shortened. */
  readonly topics: readonly string[];
  readonly topicCount: number;
  readonly userMessages: number;
  readonly otherMessages: number;
  /** The beginning of the latest answer. */
  readonly latestAnswer: string;
}

/** The range of the log that takes events now. */
export interface OpenSegment {
  readonly number: number;
  readonly fromPosition: number;
  /** Tokens of its own events: messages, tool calls and tool results. */
  readonly tokens: number;
  readonly messages: number;
  /** Where the next prompt begins: this segment, or exchanges carried from the one before. */
  readonly promptFromPosition: number;
  readonly carriedTokens: number;
  /** The latest exchanges, oldest first, at most {@link MAX_CARRIED_EXCHANGES}. */
  readonly exchanges: readonly Exchange[];
  readonly digest: SegmentDigest;
}

/** Tokens a chat format spends around one message: two markers, a role and a line break (ChatML). */
export const MESSAGE_OVERHEAD_TOKENS = 4;
/** Tokens that open the reply, paid once a prompt: its start mark, role and separator (ChatML). */
export const REPLY_PRIMER_TOKENS = 3;
/** Tokens of the message that holds the summaries of earlier segments, without them (o200k_base). */
export const BACKGROUND_TOKENS = 53;
/** Tokens that one summary takes there besides its text (o200k_base). */
export const NOTE_TOKENS = 11;
/** More than this many exchanges are never carried over. */
export const MAX_CARRIED_EXCHANGES = 4;
/** Closed segments a state keeps with their summaries; older ones are in the log. */
export const MAX_RESIDENT_SEGMENTS = 16;

/** Parses a stored summary. */
export const segmentSummarySchema: z.ZodType<SegmentSummary> = z.looseObject({
  text: z.string(),
  tokens: z.int().nonnegative(),
  origin: z.enum(SUMMARY_ORIGINS),
  revision: z.int().nonnegative(),
});

/** A segment that holds nothing yet. */
export function openSegment(number: number, fromPosition: number): OpenSegment {
  return {
    number,
    fromPosition,
    tokens: 0,
    messages: 0,
    promptFromPosition: fromPosition,
    carriedTokens: 0,
    exchanges: [],
    digest: { topics: [], topicCount: 0, userMessages: 0, otherMessages: 0, latestAnswer: '' },
  };
}

/**
 * The conversation always gets this share of the threshold: where a long system prompt leaves less, closing segment after
 * segment would not make the prompt smaller, only the memory shorter.
 */
const MIN_CONVERSATION_SHARE = 0.5;

/** Whether the segment has to close before another user message; an empty one never does. */
export function isSegmentDue(
  segment: OpenSegment,
  params: { readonly policy: SegmentPolicy; readonly standingTokens: number },
): boolean {
  if (segment.messages === 0) return false;
  if (segment.messages >= params.policy.maxTurnsPerSegment) return true;
  const { tokenThreshold } = params.policy;
  const room = Math.max(
    tokenThreshold - params.standingTokens,
    tokenThreshold * MIN_CONVERSATION_SHARE,
  );
  return segment.carriedTokens + segment.tokens >= room;
}

/** The segment that follows, with the latest whole exchanges of the old one that fit into `carryTokens`. */
export function nextSegment(
  old: OpenSegment,
  params: { readonly closedAtPosition: number; readonly carryTokens: number },
): OpenSegment {
  const next = openSegment(old.number + 1, params.closedAtPosition + 1);
  let carried = 0;
  let from = next.promptFromPosition;
  for (const exchange of [...old.exchanges].reverse()) {
    if (carried + exchange.tokens > params.carryTokens) break;
    carried += exchange.tokens;
    from = exchange.fromPosition;
  }
  return { ...next, promptFromPosition: from, carriedTokens: carried };
}
