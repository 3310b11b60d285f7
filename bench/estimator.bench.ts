import { ENCODINGS } from '../src/kernel/token-rules.ts';
import type { EncodingName } from '../src/kernel/token-rules.ts';
import { createTokenCounter } from '../src/tokens/token-counter.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';
import { chatMessages, corpora } from './lib/tokens/corpora.ts';
import type { Corpus } from './lib/tokens/corpora.ts';

/** A model that is counted exactly with each encoding, to ask for its estimate instead. */
const MODELS: Readonly<Record<EncodingName, string>> = {
  o200k_base: 'gpt-4o',
  cl100k_base: 'gpt-4',
};

/** The rule of thumb that people use where they have no counter. */
const CHARACTERS_PER_TOKEN = 4;
const PERCENTILE = 0.95;

const exact = createTokenCounter();
const estimating = createTokenCounter({ mode: 'estimate' });

/**
 * How far is an estimate from the exact count? The vocabularies of the families that are estimated are not here, so the two
 * that are stand in for them: an estimate for a family is that for o200k_base times the family's factor, and has the error of
 * that factor on top.
 */
export function run(): readonly BenchRow[] {
  const messages = [...new Set(chatMessages())].filter((text) => text !== '');
  const texts = [{ name: 'chat, single messages', documents: messages }, ...corpora()];
  return ENCODINGS.flatMap((encoding) =>
    texts
      .filter(({ documents }) => documents.length > 0)
      .flatMap((corpus) => errorRows(encoding, corpus)),
  );
}

function errorRows(encoding: EncodingName, { name, documents }: Corpus): readonly BenchRow[] {
  const model = MODELS[encoding];
  const counts = documents.map((text) => exact.countText(text, model));
  const errorsOf = (estimate: (text: string) => number): readonly number[] =>
    documents
      .map((text, index) => relativeError(estimate(text), counts[index] ?? 0))
      .toSorted((left, right) => left - right);
  const ours = errorsOf((text) => estimating.countText(text, model));
  const theirs = errorsOf((text) => Math.ceil(text.length / CHARACTERS_PER_TOKEN));
  const row = (metric: string, of: (errors: readonly number[]) => number): BenchRow =>
    compareRow(
      {
        metric: `${encoding}, ${name}: ${metric} error of ${documents.length} texts`,
        unit: '%',
        ours: of(ours),
        peer: 'a token for 4 characters',
        theirs: of(theirs),
      },
      'lower',
    );
  return [row('mean', mean), row('95th percentile of the', percentile)];
}

/** How far off, in percent of the exact count, whichever way. */
function relativeError(estimate: number, count: number): number {
  return (Math.abs(estimate - count) / count) * 100;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percentile(sorted: readonly number[]): number {
  return sorted[Math.floor(PERCENTILE * (sorted.length - 1))] ?? Number.NaN;
}
