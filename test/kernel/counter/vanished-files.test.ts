import type * as Fs from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CONTROL_LARGE_LOCK } from '../../../assembly/shared/tokenizer-layout.ts';
import { counterTables, loadTokenKernel } from '../../../src/kernel/counter-sharing.ts';
import { controlWords } from '../../../src/kernel/counter-tables.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

const disk = vi.hoisted(() => ({ isGone: false }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof Fs>();
  const readFileSync = (...params: Parameters<typeof Fs.readFileSync>): unknown => {
    if (disk.isGone) throw new Error('ENOENT');
    return fs.readFileSync(...params);
  };
  return { ...fs, readFileSync };
});

/** Longer than a window, so that it is for the twin while another thread has the large one. */
const LONG_WORD = 'donaudampfschifffahrt'.repeat(2_000);
const TEXTS = [LONG_WORD, `${LONG_WORD} und 東京 ${LONG_WORD}\u{10D4A}`];

afterEach(() => {
  disk.isGone = false;
});

describe('a counter whose files are gone after it has loaded them', () => {
  test('counts as exactly as it says it does when its twin has to answer', () => {
    const counter = createTokenCounter();
    counter.preload('gpt-4o');
    const kernel = loadTokenKernel('o200k_base', 'openai')!;
    const expected = TEXTS.map((text) => kernel.countUpTo(text, Infinity));
    const { memory } = counterTables()[0]!;
    controlWords(memory)[CONTROL_LARGE_LOCK / 4] = 1;
    disk.isGone = true;

    expect(TEXTS.map((text) => counter.count(text, 'gpt-4o'))).toEqual(
      expected.map((tokens) => ({ tokens, isExact: true, encoding: 'o200k_base' })),
    );
    expect(kernel.answerCount()).toBe(TEXTS.length); // Those from before.
  });

  test('estimates, and says so, when they were gone before', () => {
    disk.isGone = true;
    const counter = createTokenCounter();
    expect(counter.isExactFor('gpt-4')).toBe(false);
    expect(counter.count('hello world', 'gpt-4')).toMatchObject({
      isExact: false,
      encoding: 'estimate',
    });
  });
});
