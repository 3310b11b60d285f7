import { assertObjects, reading } from '../domain/argument.ts';
import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { withFieldNames } from '../domain/field-name.ts';
import type { ChatMessage } from '../memory/chat-message.ts';
import { optionNames } from '../domain/option-names.ts';
import { parseInput } from '../domain/parse.ts';
import { defaultTokenModel } from '../config/environment.ts';
import { type PromptMessage, toPromptMessages } from '../memory/prompt-message.ts';
import {
  buildPromptFromSession as buildPrompt,
  type PromptBuilderOptions,
} from '../memory/prompt-builder.ts';
import type { PromptSource } from '../memory/prompt-view.ts';
import { truncatePromptToTokenLimit as truncatePrompt } from '../memory/truncate-prompt.ts';
import { createTokenCounter } from '../runtime/token-counter.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';

/** What a prompt shall hold; see the options of the same names for what they mean. */
export type SessionPromptOptions = Omit<PromptBuilderOptions, 'counter' | 'model'> & {
  /** The model that will read it; default {@link defaultTokenModel}. */
  readonly model?: string | undefined;
};

const assertPromptNames = optionNames<SessionPromptOptions>({
  strategy: true,
  maxTokens: true,
  model: true,
  includeParentContext: true,
  parentSummaries: true,
  currentQuery: true,
  maxHistory: true,
  onWarning: true,
});
const assertTruncateNames = optionNames<{ readonly model?: string }>({ model: true });

const modelSchema = z.string().max(200).optional();

let shared: TokenCounter | null = null;

/**
 * A prompt made from a session's read model (`SessionManager.getSession`) by one of five strategies.
 * @throws INVALID_INPUT, TOKEN_LIMIT_EXCEEDED when what must stay does not fit.
 */
export function buildPromptFromSession(
  session: PromptSource,
  options: SessionPromptOptions = {},
): PromptMessage[] {
  reading('session', () => {
    assertSession(session);
  });
  assertPromptNames(options);
  const model = chosenModel(options.model);
  const build = (): readonly ChatMessage[] =>
    buildPrompt(session, { ...options, model, counter: sharedCounter() });
  return toPromptMessages(withFieldNames((field) => `options.${field}`, build));
}

/**
 * A prompt within a token limit: the same array when it fits, else without its oldest exchanges.
 * @throws INVALID_INPUT, TOKEN_LIMIT_EXCEEDED when what must stay does not fit.
 */
export function truncatePromptToTokenLimit(
  prompt: readonly PromptMessage[],
  maxTokens: number,
  options: { readonly model?: string | undefined } = {},
): readonly PromptMessage[] {
  assertObjects(prompt, 'prompt');
  assertTruncateNames(options);
  const counting = { counter: sharedCounter(), model: chosenModel(options.model) };
  const messages = truncatePrompt(prompt, maxTokens, counting);
  return messages === prompt ? prompt : toPromptMessages(messages);
}

/** The rest of what is read has a form that stands in for itself; a manager is what JavaScript code passes by mistake. */
function assertSession(session: unknown): void {
  const events: unknown =
    typeof session === 'object' && session !== null ? Reflect.get(session, 'events') : undefined;
  if (Array.isArray(events)) return assertObjects(events, 'session.events');
  throw new InvalidInput({ field: 'session', expected: 'what SessionManager.getSession returns' });
}

function chosenModel(model: string | undefined): string {
  return parseInput(modelSchema, model, 'options.model') ?? defaultTokenModel();
}

/** Counters hold vocabularies of many megabytes, so these functions share one, made at the first use. */
function sharedCounter(): TokenCounter {
  shared ??= createTokenCounter();
  return shared;
}
