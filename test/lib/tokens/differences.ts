import type { EncodingName, TokenRules } from '../../../src/kernel/token-rules.ts';
import { loadTokenKernel } from '../../../src/kernel/counter-sharing.ts';
import { oracleOf } from './oracle.ts';

/** A text that the kernel does not encode as the oracle does. */
export interface Difference {
  readonly text: string;
  readonly expected: readonly number[];
  readonly ids: readonly number[] | null;
  readonly count: number | null;
}

/** Compares the ids and the count of each text with those of the package that the rules follow; the first few differences. */
export function findDifferences(
  texts: Iterable<string>,
  { encoding, rules }: { readonly encoding: EncodingName; readonly rules: TokenRules },
): readonly Difference[] {
  const kernel = loadTokenKernel(encoding, rules)!;
  const oracle = oracleOf(encoding, rules);
  const found: Difference[] = [];
  for (const text of texts) {
    const expected = oracle(text);
    const ids = kernel.encode(text);
    const count = kernel.countUpTo(text, Infinity);
    const isSame = ids?.join() === expected.join() && count === expected.length;
    if (!isSame) found.push({ text, expected, ids, count });
    if (found.length >= 5) break;
  }
  return found;
}
