import { describe, expect, test } from 'vitest';
import {
  attachCounter,
  buildCounterTables,
  releaseRegions,
} from '../../../src/kernel/counter-tables.ts';
import type { CounterTables } from '../../../src/kernel/counter-tables.ts';
import { ENCODINGS } from '../../../src/kernel/token-rules.ts';
import { WasmCounter } from '../../../src/kernel/wasm-counter.ts';
import { PATHOLOGICAL, repeatTo } from '../../lib/tokens/pathological.ts';

const LENGTHS = [10_000, 20_000, 40_000, 160_000, 640_000];

/**
 * Between lengths that are 64 times apart, the steps for a character may differ by this much: what a longer
 * piece begins with is looked at twice. In the square of the length they would differ by 64.
 */
const TOLERANCE = 2;

/** No character needs more steps than this, whatever the text. */
const MOST_STEPS = 20;

describe.each(ENCODINGS)('%s', (encoding) => {
  const tables = buildCounterTables({ encoding, rules: 'openai' })!;

  test.each(PATHOLOGICAL)('does work in proportion to the length of %s', (_, pattern) => {
    const steps = LENGTHS.map((length) => stepsFor(repeatTo(pattern, length), tables) / length);
    expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(TOLERANCE);
    expect(Math.max(...steps)).toBeLessThan(MOST_STEPS);
  });
});

/** Steps of a counter that remembers nothing, one for each character included. */
function stepsFor(text: string, tables: CounterTables): number {
  const module = attachCounter(tables, 1)!;
  const counter = new WasmCounter(module, tables.memory);
  expect(counter.countUpTo(text, Infinity)).toBeGreaterThan(0);
  releaseRegions(tables.memory, 1);
  return module.work() + text.length;
}
