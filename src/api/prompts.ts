import { assertObjects, reading } from '../domain/argument.ts';
import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { withFieldNames } from '../domain/field-name.ts';
import type { ChatMessage } from '../memory/chat-message.ts';
import { optionNames } from '../domain/option-names.ts';
import type { JsonValue } from '../domain/json.ts';
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

const assertTruncateNames = optionNames<{ readonly model?: string }>({ model: true });

const modelSchema = z.string().max(200).optional();

/** Numbers are checked where they are used, in the words of what they count. */
const promptSchema = z.strictObject({
  strategy: z.string().nullish(),
  maxTokens: z.unknown().optional(),
  model: modelSchema,
  includeParentContext: z.boolean().optional(),
  parentSummaries: z.array(z.custom<JsonValue>(isSummary, 'text, or an object')).optional(),
  currentQuery: z.string().nullish(),
  maxHistory: z.unknown().optional(),
  onWarning: z.custom((value) => typeof value === 'function', 'a function').optional(),
} satisfies Readonly<Record<keyof SessionPromptOptions, z.ZodType>>);

/** What is read of a session beside its events, of which each part has a form that stands in for it. */
const sessionSchema = z.object({
  systemPrompt: z.string().nullish(),
  segments: z
    .array(z.object({ number: z.number(), summary: z.object({ text: z.string() }).nullable() }))
    .optional(),
});

let shared: TokenCounter | null = null;

/**
 * A prompt made from a session's read model (`SessionManager.getSession`) by one of five strategies.
 * @throws INVALID_INPUT, TOKEN_LIMIT_EXCEEDED when what must stay does not fit.
 */
export function buildPromptFromSession(
  session: PromptSource,
  options: SessionPromptOptions = {},
): PromptMessage[] {
  const source = reading('session', () => parseSource(session));
  const { model: asked } = parseInput(promptSchema, options, 'options');
  const model = chosenModel(asked);
  const build = (): readonly ChatMessage[] =>
    buildPrompt(source, { ...options, model, counter: sharedCounter() });
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

/** Anything else than JSON has no text. */
function isSummary(value: unknown): boolean {
  return ['string', 'number', 'boolean', 'object'].includes(typeof value);
}

/** What is read of a session. A manager is what JavaScript code passes by mistake. */
function parseSource(session: PromptSource): PromptSource {
  const given: unknown = session;
  const events: unknown =
    typeof given === 'object' && given !== null ? Reflect.get(given, 'events') : undefined;
  if (!Array.isArray(events))
    throw new InvalidInput({
      field: 'session',
      expected: 'what SessionManager.getSession returns',
    });
  assertObjects(events, 'session.events');
  const { systemPrompt = null, segments = [] } = parseInput(sessionSchema, given, 'session');
  return { events: session.events, systemPrompt, segments };
}

function chosenModel(model: string | undefined): string {
  return parseInput(modelSchema, model, 'options.model') ?? defaultTokenModel();
}

/** Counters hold vocabularies of many megabytes, so these functions share one, made at the first use. */
function sharedCounter(): TokenCounter {
  shared ??= createTokenCounter();
  return shared;
}
