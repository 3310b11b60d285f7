import type { SummaryNote } from '../domain/summary-note.ts';
import { backgroundMessage, latestNotesWithin } from './background.ts';
import type { ChatMessage } from './chat-message.ts';
import { groupExchanges } from './exchange.ts';
import { fitMessages } from './fit-messages.ts';
import { fitsWithin, type PromptCounting, promptTokens } from './message-tokens.ts';
import { assertTokenLimit } from './token-limit.ts';

/** What a prompt is put together from. */
export interface PromptParts extends PromptCounting {
  /** Left out when blank. */
  readonly systemPrompt: string | null;
  /** Oldest first. */
  readonly notes: readonly SummaryNote[];
  readonly messages: readonly ChatMessage[];
  /** The result never has more tokens; no limit when undefined. */
  readonly maxTokens: number | undefined;
}

/**
 * System prompt, background, messages, in this order: what changes least stands first, so that a provider's cache of the
 * beginning stays good. Under a limit older exchanges go first, then the oldest notes, see {@link fitMessages} for the rest.
 * @throws INVALID_INPUT when the limit is negative or not a number.
 * @throws TOKEN_LIMIT_EXCEEDED when system prompt and last user message do not fit.
 */
export function assemblePrompt(parts: PromptParts): readonly ChatMessage[] {
  const { notes, messages, maxTokens = Infinity, counter, model } = parts;
  assertTokenLimit(maxTokens);
  const system = systemMessages(parts.systemPrompt);
  const whole = [...system, ...backgroundOf(notes), ...messages];
  const counting = { counter, model, counted: new Map<ChatMessage, number>() };
  if (fitsWithin(whole, maxTokens, counting)) return whole;
  const kept = [...system, ...latestExchange(messages)];
  const room = maxTokens - promptTokens(kept, counting);
  const fitting = latestNotesWithin(notes, { maxTokens: room, counting });
  return fitMessages([...system, ...backgroundOf(fitting), ...messages], {
    ...counting,
    maxTokens,
    keptSystem: system.length > 0 ? 0 : null,
  });
}

function systemMessages(systemPrompt: string | null): readonly ChatMessage[] {
  if (systemPrompt === null || systemPrompt.trim() === '') return [];
  return [{ role: 'system', content: systemPrompt }];
}

function backgroundOf(notes: readonly SummaryNote[]): readonly ChatMessage[] {
  const message = backgroundMessage(notes);
  return message === null ? [] : [message];
}

function latestExchange(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const latest = groupExchanges(messages).at(-1);
  return messages.slice(latest?.user?.from ?? latest?.units[0]?.from ?? 0);
}
