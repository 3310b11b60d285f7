import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidInput } from '../domain/errors.ts';
import { SUMMARIZATION_STRATEGIES, type SummarizationStrategy } from '../domain/strategy.ts';
import type { Summarize } from '../queue/summary-worker.ts';
import {
  createAnthropicSummarizer,
  createOpenAiSummarizer,
  type HttpSummarizerOptions,
} from '../runtime/summarizers.ts';
import type { Arguments } from './arguments.ts';
import { UsageError } from './usage-error.ts';

/** Options that say who writes summaries. */
export const SUMMARIZER_OPTIONS = {
  summarizer: { type: 'string' },
  model: { type: 'string' },
  strategy: { type: 'string' },
} as const;

type Create = (options: HttpSummarizerOptions) => Summarize;

const PROVIDERS: ReadonlyMap<string, Create> = new Map([
  ['openai', createOpenAiSummarizer],
  ['anthropic', createAnthropicSummarizer],
]);

/**
 * Who the options say writes summaries.
 * @throws INVALID_INPUT
 */
export async function chosenSummarizer(args: Arguments): Promise<Summarize> {
  const name = args.text('summarizer');
  if (name === null) throw new UsageError('who summarises? --summarizer openai, anthropic or FILE');
  const create = PROVIDERS.get(name);
  if (create === undefined) {
    for (const option of ['model', 'strategy']) {
      if (args.text(option) !== null)
        throw new UsageError(`--${option} goes with --summarizer openai or anthropic`);
    }
    return importSummarizer(name);
  }
  const model = args.text('model');
  if (model === null) throw new UsageError(`which model of ${name}? --model NAME`);
  return create({ model, strategy: strategyOf(args) });
}

function strategyOf(args: Arguments): SummarizationStrategy {
  const name = args.text('strategy') ?? 'basic';
  const strategy = SUMMARIZATION_STRATEGIES.find((candidate) => candidate === name);
  if (strategy !== undefined) return strategy;
  throw new UsageError(`--strategy is one of ${SUMMARIZATION_STRATEGIES.join(', ')}`);
}

async function importSummarizer(path: string): Promise<Summarize> {
  const expected = 'a JavaScript module that exports a function `summarize`';
  try {
    const module: { readonly summarize?: unknown } = await import(
      pathToFileURL(resolve(path)).href
    );
    if (isSummarize(module.summarize)) return module.summarize;
  } catch (cause) {
    throw new InvalidInput({ field: path, expected, cause });
  }
  throw new InvalidInput({ field: path, expected });
}

/** What it does with its arguments is the promise of its author. */
function isSummarize(value: unknown): value is Summarize {
  return typeof value === 'function';
}
