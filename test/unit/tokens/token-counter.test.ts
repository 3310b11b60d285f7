import { describe, expect, test } from 'vitest';

import { createJsKernel } from '../../../src/kernel/js-kernel.ts';
import { createWasmKernel } from '../../../src/kernel/wasm-kernel.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

const counter = createTokenCounter();
const O200K = 'gpt-4o';
const CL100K = 'gpt-4';
const PROSE = 'The quick brown fox jumps over the lazy dog. '.repeat(2_000);

describe('countText', () => {
  // Counts as tiktoken gives them.
  test.each([
    ['hello world', 2, 2],
    ['Hello, how are you?', 6, 6],
    ['antidisestablishmentarianism', 6, 6],
    ['お誕生日おめでとう', 8, 9],
    ['1234567890', 4, 4],
    ['<|endoftext|>', 7, 7],
    ['', 0, 0],
  ])('C-42: counts %j exactly with both encodings', (text, o200k, cl100k) => {
    expect(counter.countText(text, O200K)).toBe(o200k);
    expect(counter.countText(text, CL100K)).toBe(cl100k);
  });

  test('W-44: counts names of special tokens as plain text', () => {
    expect(counter.countText('<|im_start|>system<|im_end|>', CL100K)).toBeGreaterThan(5);
  });

  test('counts a lone surrogate as U+FFFD', () => {
    expect(counter.countText('a\ud800b', O200K)).toBe(counter.countText('a\ufffdb', O200K));
  });

  test('C-40: counts what is not there as nothing', () => {
    expect(counter.countText(null as unknown as string, O200K)).toBe(0);
    expect(counter.countText(undefined as unknown as string, O200K)).toBe(0);
  });

  test('C-41: counts what is no text by its JSON text', () => {
    expect(counter.countText({ a: 1 } as unknown as string, O200K)).toBe(
      counter.countText('{"a":1}', O200K),
    );
  });

  test('takes a model that is no string for an unknown one', () => {
    expect(counter.countText('hello world', undefined as unknown as string)).toBe(2);
    expect(counter.isExactFor({} as unknown as string)).toBe(false);
  });

  test('keeps counting right after more models than it remembers', () => {
    for (let index = 0; index < 600; index++) counter.countText('x', `deployment-${index}`);
    expect(counter.countText('hello world', O200K)).toBe(2);
    expect(counter.countText('hello world', `gpt-4o-${'x'.repeat(1_000)}`)).toBe(2);
  });
});

describe('count', () => {
  test('says with what it counted and how far to trust it', () => {
    expect(counter.count('hello world', O200K)).toEqual({
      tokens: 2,
      isExact: true,
      encoding: 'o200k_base',
    });
    expect(counter.count('hello world', CL100K)).toEqual({
      tokens: 2,
      isExact: true,
      encoding: 'cl100k_base',
    });
  });

  test('C-43: counts for an unknown model with cl100k_base and does not call it exact', () => {
    for (const model of ['unknown', '', 'my-deployment']) {
      expect(counter.count('お誕生日おめでとう', model)).toEqual({
        tokens: 9,
        isExact: false,
        encoding: 'cl100k_base',
      });
    }
  });

  test('estimates other families by their factor', () => {
    const estimates = ['llama-4', 'claude-opus-5'].map((model) => counter.count(PROSE, model));
    const [llama, claude] = estimates.map(({ tokens }) => tokens);
    expect(claude! / llama!).toBeCloseTo(1.43 / 1.01, 2);
    expect(estimates).toMatchObject([
      { isExact: false, encoding: 'estimate' },
      { isExact: false, encoding: 'estimate' },
    ]);
  });

  test('never calls media exact', () => {
    const image = { type: 'image_url', image_url: { url: 'https://a.b/c.png' } };
    expect(counter.count([{ type: 'text', text: 'hello world' }, image], O200K)).toEqual({
      tokens: 767,
      isExact: false,
      encoding: 'o200k_base',
    });
  });

  test('C-41: counts any JSON value by its JSON text', () => {
    const value = { rows: [1, 2, { name: 'x' }], ok: true };
    expect(counter.count(value, O200K).tokens).toBe(
      counter.countText(JSON.stringify(value), O200K),
    );
  });
});

describe('countUpTo', () => {
  test('stops one above the limit', () => {
    expect(counter.countUpTo(PROSE, { model: O200K, limit: 100 })).toBe(101);
    expect(counter.countUpTo(PROSE, { model: O200K, limit: 0 })).toBe(1);
  });

  test('gives the exact count when that is within the limit', () => {
    const tokens = counter.countText(PROSE, O200K);
    expect(counter.countUpTo(PROSE, { model: O200K, limit: tokens })).toBe(tokens);
    expect(counter.countUpTo(PROSE, { model: O200K, limit: tokens - 1 })).toBe(tokens);
    expect(counter.countUpTo('hi', { model: O200K, limit: Infinity })).toBe(1);
  });

  test.each([-1, Number.NaN, -Infinity])('takes a limit of %d for zero', (limit) => {
    expect(counter.countUpTo('hello world', { model: O200K, limit })).toBe(1);
    expect(counter.countUpTo('', { model: O200K, limit })).toBe(0);
  });
});

describe('truncateText', () => {
  test('returns text that fits as it is', () => {
    expect(counter.truncateText('hello world', { model: O200K, maxTokens: 2 })).toBe('hello world');
  });

  test.each([O200K, CL100K, 'claude-opus-5'])('uses what %s allows to the last token', (model) => {
    for (const maxTokens of [1, 7, 100, 5_000]) {
      const text = counter.truncateText(PROSE, { model, maxTokens });
      expect(PROSE.startsWith(text)).toBe(true);
      expect(counter.countText(text, model)).toBe(maxTokens);
    }
  });

  test.each([0, -1, Number.NaN])('leaves nothing of %d tokens', (maxTokens) => {
    expect(counter.truncateText('hello', { model: O200K, maxTokens })).toBe('');
  });

  test('cuts inside a word that alone is too long', () => {
    const text = counter.truncateText('a'.repeat(10_000), { model: O200K, maxTokens: 10 });
    expect(counter.countText(text, O200K)).toBeLessThanOrEqual(10);
    expect(text.length).toBeGreaterThan(70);
  });

  test('does not tear emoji apart', () => {
    const family = '👨‍👩‍👧‍👦';
    const text = counter.truncateText(family.repeat(50), { model: O200K, maxTokens: 100 });
    expect(text.length % family.length).toBe(0);
    expect(text.length).toBeGreaterThan(0);
  });

  test('takes what is no text by its JSON text', () => {
    const value = { list: [1, 2, 3] } as unknown as string;
    expect(counter.truncateText(value, { model: O200K, maxTokens: 100 })).toBe('{"list":[1,2,3]}');
  });
});

describe('isExactFor', () => {
  test('is true for models whose vocabulary is here, and no others', () => {
    const models = ['gpt-4o', 'openai/gpt-5-mini', 'gpt-4', 'claude-opus-5', 'unknown', ''];
    expect(models.map((model) => counter.isExactFor(model))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('createTokenCounter', () => {
  test('C-44: estimates every model when told to, without a vocabulary', () => {
    const estimating = createTokenCounter({
      mode: 'estimate',
      vocabularySource: () => {
        throw new Error('must not be asked');
      },
    });
    expect(estimating.count('hello world', O200K)).toEqual({
      tokens: expect.any(Number),
      isExact: false,
      encoding: 'estimate',
    });
    expect(estimating.isExactFor(O200K)).toBe(false);
    const exact = counter.countText(PROSE, CL100K);
    expect(estimating.countText(PROSE, CL100K) / exact).toBeCloseTo(1, 0);
  });

  test('W-44: estimates when a vocabulary cannot be had', () => {
    const asked: string[] = [];
    const without = createTokenCounter({
      vocabularySource: (encoding) => {
        asked.push(encoding);
        return null;
      },
    });
    expect(without.count('hello world', O200K)).toMatchObject({
      isExact: false,
      encoding: 'estimate',
    });
    expect(without.countText('hello world', 'gpt-5')).toBeGreaterThan(0);
    expect(asked).toEqual(['o200k_base']);
  });

  test('W-49: never counts text as nothing, whatever the model', () => {
    const models = [O200K, CL100K, 'claude-opus-5', 'unknown'];
    for (const text of ['a', '.', '\n', '你', '😀', '\ud800', '\0']) {
      for (const model of models) expect(counter.countText(text, model)).toBeGreaterThan(0);
    }
  });

  test('takes encodings for names of your own', () => {
    const own = createTokenCounter({ modelEncodings: { 'my-deployment': 'o200k_base' } });
    expect(own.count('お誕生日おめでとう', 'My-Deployment')).toEqual({
      tokens: 8,
      isExact: true,
      encoding: 'o200k_base',
    });
  });

  test('gives the same estimates over either kernel', () => {
    const counters = [createJsKernel(), createWasmKernel()].map((kernel) =>
      createTokenCounter({ kernel }),
    );
    const [js, wasm] = counters.map((each) => each.countText(PROSE, 'gemini-2.5-pro'));
    expect(js).toBe(wasm);
  });

  test('counts the same without remembering pieces', () => {
    const forgetful = createTokenCounter({ memoLimit: 0 });
    expect(forgetful.countText('Zyxwvut qwrtzp', O200K)).toBe(
      counter.countText('Zyxwvut qwrtzp', O200K),
    );
  });

  test('loads ahead of the first count', () => {
    const asked: string[] = [];
    const eager = createTokenCounter({
      vocabularySource: (encoding) => {
        asked.push(encoding);
        return null;
      },
    });
    eager.preload('gpt-4');
    expect(asked).toEqual(['cl100k_base']);
  });
});

test.each([
  [{ engin: 'js' }, 'options.engin'],
  [{ engine: 'rust' }, 'options.engine'],
  [{ mode: 'fast' }, 'options.mode'],
  [{ rules: 'tiktoken' }, 'options.rules'],
  [{ memoLimit: Number.NaN }, 'options.memoLimit'],
  [{ memoLimit: Infinity }, 'options.memoLimit'],
  [{ memoLimit: -1 }, 'options.memoLimit'],
  [{ modelEncodings: { mine: 'p50k_base' } }, 'options.modelEncodings'],
])('names the option of a counter that is wrong in %o', (options, field) => {
  expect(() => createTokenCounter(options as object)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', field }) as Error,
  );
});
