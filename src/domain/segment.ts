import { z } from 'zod';

import type { OpenTurn } from './open-turn.ts';

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
  /** What stands for the text where it has no room; not there where the text is short, or was recorded before there were any. */
  readonly brief?: SummaryBrief | undefined;
}

/** The beginning of a summary. */
export interface SummaryBrief {
  /** In UTF-16 units. */
  readonly length: number;
  /** In a prompt, the sign included that something was cut off. */
  readonly tokens: number;
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
  /** Tokens by which its own events, messages and tool calls, made the next prompt longer. */
  readonly tokens: number;
  readonly messages: number;
  /** Where the next prompt begins: this segment, or exchanges carried from the one before. */
  readonly promptFromPosition: number;
  readonly carriedTokens: number;
  /** The end of that prompt, see `OpenTurn`; null when nothing can join it. */
  readonly promptTurn: OpenTurn | null;
  /** The end of a prompt of this segment alone. */
  readonly ownTurn: OpenTurn | null;
  /**
   * Tokens in a prompt of this segment alone: of what comes before the first message, then of each message with the tool
   * calls that follow it, the latest apart and the older added up.
   */
  readonly turnTokens: readonly number[];
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
/** Tokens of the text that stands for the missing result of a tool call (o200k_base, cl100k_base). */
export const MISSING_RESULT_TOKENS = 8;
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
  brief: z.looseObject({ length: z.int().nonnegative(), tokens: z.int().nonnegative() }).optional(),
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
    promptTurn: null,
    ownTurn: null,
    turnTokens: [0],
    exchanges: [],
    digest: { topics: [], topicCount: 0, userMessages: 0, otherMessages: 0, latestAnswer: '' },
  };
}
