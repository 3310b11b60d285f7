import { z } from 'zod';
import { MAX_DURATION_MS } from '../config/duration.ts';
import { configuredModel } from '../config/environment.ts';
import { InvalidInput } from '../domain/errors.ts';
import { parseInput } from '../domain/parse.ts';
import { SUMMARIZATION_STRATEGIES, type SummarizationStrategy } from '../domain/strategy.ts';
import type { Summarize } from '../queue/summary-worker.ts';
import { ANTHROPIC_FORMAT } from '../summarizers/anthropic-format.ts';
import { createHttpSummarizer } from '../summarizers/http-summarizer.ts';
import type { WireFormat } from '../summarizers/model-endpoint.ts';
import { OPENAI_FORMAT } from '../summarizers/openai-format.ts';
import { systemClock } from './system.ts';
import { createTokenCounter } from './token-counter.ts';

/** How a model behind HTTP is asked for summaries. */
export interface HttpSummarizerOptions {
  readonly model: string;
  /** What stands before the path of the interface; default `OPENAI_BASE_URL` or `ANTHROPIC_BASE_URL`, else the provider's own. */
  readonly baseUrl?: string | undefined;
  /** Default `OPENAI_API_KEY` or `ANTHROPIC_API_KEY`; null for a server that wants none. It is in no message. */
  readonly apiKey?: string | null | undefined;
  /** What a summary should bring out. Default `basic`. */
  readonly strategy?: SummarizationStrategy | undefined;
  /** How long one answer is waited for. Default 45 seconds. */
  readonly timeoutMs?: number | undefined;
  /** Tokens that the model takes, its answer included; more material than that is summarised in parts. Default 100,000. */
  readonly contextTokens?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 45_000;
const DEFAULT_CONTEXT_TOKENS = 100_000;
/** Below that, instructions and an answer leave no room for material. */
const MIN_CONTEXT_TOKENS = 1000;

const optionsSchema = z.strictObject({
  model: z.string().min(1).max(200),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  apiKey: z.string().min(1).nullish(),
  strategy: z.enum(SUMMARIZATION_STRATEGIES).optional(),
  timeoutMs: z.number().int().positive().max(MAX_DURATION_MS).optional(),
  contextTokens: z.number().int().min(MIN_CONTEXT_TOKENS).optional(),
});

interface Provider {
  readonly name: 'openai' | 'anthropic';
  readonly format: WireFormat;
  readonly baseUrl: string;
}

const OPENAI: Provider = {
  name: 'openai',
  format: OPENAI_FORMAT,
  baseUrl: 'https://api.openai.com/v1',
};
const ANTHROPIC: Provider = {
  name: 'anthropic',
  format: ANTHROPIC_FORMAT,
  baseUrl: 'https://api.anthropic.com',
};

/**
 * Has summaries written by a model that speaks OpenAI's chat interface.
 * @throws INVALID_INPUT naming the option, or the variable of the environment, and never its value.
 * @example
 * const summarize = createOpenAiSummarizer({ model: 'gpt-4o-mini' });
 * const pagefold = await openPagefold({ summarize });
 */
export function createOpenAiSummarizer(options: HttpSummarizerOptions): Summarize {
  return createSummarizer(OPENAI, options);
}

/**
 * Has summaries written by a model that speaks Anthropic's messages interface.
 * @throws INVALID_INPUT naming the option, or the variable of the environment, and never its value.
 */
export function createAnthropicSummarizer(options: HttpSummarizerOptions): Summarize {
  return createSummarizer(ANTHROPIC, options);
}

function createSummarizer(provider: Provider, options: HttpSummarizerOptions): Summarize {
  const parsed = parseInput(optionsSchema, options, 'options');
  const configured = configuredModel(provider.name);
  const apiKey = parsed.apiKey === undefined ? configured.apiKey : parsed.apiKey;
  if (apiKey === undefined) {
    const expected = `a key, there or in ${configured.keyName}; or null for a server that wants none`;
    throw new InvalidInput({ field: 'options.apiKey', expected });
  }
  const { model } = parsed;
  return createHttpSummarizer({
    endpoint: {
      format: provider.format,
      baseUrl: parsed.baseUrl ?? configured.baseUrl ?? provider.baseUrl,
      model,
      apiKey,
      timeoutMs: parsed.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      clock: systemClock(),
    },
    strategy: parsed.strategy ?? 'basic',
    provider: provider.name,
    contextTokens: parsed.contextTokens ?? DEFAULT_CONTEXT_TOKENS,
    // An estimate does: a window is never filled to the token.
    counting: { counter: createTokenCounter({ mode: 'estimate' }), model },
  });
}
