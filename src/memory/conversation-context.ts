import { aboutSegments } from '../domain/summary-note.ts';
import { type ChatMessage, renderTurns } from './chat-message.ts';
import { latestTurns } from './latest-turns.ts';
import type { PromptCounting } from './message-tokens.ts';
import { assemblePrompt } from './prompt-assembly.ts';
import { toTurns, type TranscriptEvent } from './transcript.ts';

/** The summary of a segment, or of several, that the prompt does not show. */
export interface ContextSummary {
  /** The first of several. */
  readonly fromSegment?: number;
  readonly segment: number;
  readonly text: string;
  /** Tokens of the text when it was recorded; in the prompt it is counted again, together with what stands around it. */
  readonly tokens: number;
}

/** What a model is shown next of a conversation. */
export interface ConversationContextOptions extends PromptCounting {
  /** Left out when blank. */
  readonly systemPrompt: string | null;
  /** Default true; without it the summaries are still there. */
  readonly includeSystem?: boolean;
  /** Of earlier segments, oldest first. */
  readonly summaries: readonly ContextSummary[];
  /** From the position where the prompt begins to the end of the log. */
  readonly events: Iterable<TranscriptEvent>;
  /** The result never has more tokens; no limit when not given. */
  readonly maxTokens?: number;
  /** Shows only the latest so many messages, with the tool calls that follow them; 0 shows none. */
  readonly maxMessages?: number;
}

/**
 * The messages to send to a model: system prompt, one message with the summaries of earlier segments, recent turns. The same
 * input always gives the same bytes. A further event only adds to the end as long as no segment closes, no limit is reached
 * and no answer or tool call before it was still incomplete, see {@link toTurns}.
 * @throws INVALID_INPUT when a limit is negative or not a number.
 * @throws TOKEN_LIMIT_EXCEEDED when system prompt and last user message do not fit, even shortened.
 */
export function buildConversationContext(
  options: ConversationContextOptions,
): readonly ChatMessage[] {
  const { includeSystem = true, maxMessages = Infinity } = options;
  const turns = latestTurns(toTurns(options.events), { maxMessages, field: 'maxMessages' });
  return assemblePrompt({
    counter: options.counter,
    model: options.model,
    systemPrompt: includeSystem ? options.systemPrompt : null,
    notes: options.summaries.map(({ segment, fromSegment = segment, text }) => ({
      about: aboutSegments({ fromSegment, toSegment: segment }),
      text,
    })),
    messages: renderTurns(turns),
    maxTokens: options.maxTokens,
  });
}
