import { describe, expect, test } from 'vitest';

import { toUsdString } from '../../../src/domain/money.ts';
import type { PricedUsage, PriceUsageParams } from '../../../src/domain/price-book.ts';
import type { UsageBuckets } from '../../../src/domain/usage.ts';
import { createPriceBook, type PriceBookOptions } from '../../../src/pricing/genai-price-book.ts';
import { aPriceList } from './price-list.ts';

const AT_MS = Date.UTC(2026, 0, 15, 12);
const USAGE: UsageBuckets = { inputTokens: 1_000_000, outputTokens: 1_000_000 };

function price(params: Partial<PriceUsageParams>, options: PriceBookOptions = {}): PricedUsage {
  return createPriceBook(options).priceUsage({
    usage: USAGE,
    model: 'gpt-4o',
    atMs: AT_MS,
    ...params,
  });
}

function costOf(priced: PricedUsage): string {
  return priced.kind === 'priced' ? toUsdString(priced.costPico) : priced.reason;
}

function idOf(priced: PricedUsage): string {
  return priced.kind === 'priced' ? priced.priceId : priced.reason;
}

describe('model names', () => {
  test.each([
    ['gpt-4o', undefined, 'openai/gpt-4o'],
    ['GPT-4O', undefined, 'openai/gpt-4o'],
    [' gpt-4o ', undefined, 'openai/gpt-4o'],
    ['gpt-4o-mini', undefined, 'openai/gpt-4o-mini'],
    ['gpt-4o-2024-08-06', undefined, 'openai/gpt-4o'],
    ['gpt-4-0613', undefined, 'openai/gpt-4'],
    ['claude-3-haiku', undefined, 'anthropic/claude-3-haiku'],
    ['claude-sonnet-4-5-20250929', undefined, 'anthropic/claude-sonnet-4-5'],
    ['openai/gpt-4o', undefined, 'openai/gpt-4o'],
    ['openai:gpt-4o', undefined, 'openai/gpt-4o'],
    ['anthropic/claude-sonnet-4-5', 'unknown', 'anthropic/claude-sonnet-4-5'],
    ['models/gemini-2.5-pro', undefined, 'google/gemini-2.5-pro'],
    ['models/gemini-2.5-pro', 'google', 'google/gemini-2.5-pro'],
    ['models/gemini-2.5-pro', 'google.generative-ai', 'google/gemini-2.5-pro'],
    ['gpt-4o', '', 'openai/gpt-4o'],
    ['gpt-4o', 'Unknown', 'openai/gpt-4o'],
    ['gpt-4o', 'openai.responses', 'openai/gpt-4o'],
    ['grok-4', 'xai.chat', 'x-ai/grok-4-0709'],
    ['openai/gpt-4o', 'openrouter', 'openrouter/openai/gpt-4o'],
    ['gpt-4o', 'azure', 'azure/gpt-4o'],
  ])('W-45: %s of %s is priced as %s', (model, provider, priceId) => {
    expect(idOf(price({ model, provider }))).toBe(priceId);
  });

  test.each([
    ['gpt-99', undefined],
    ['tool-execution', undefined],
    ['unknown', undefined],
    ['', undefined],
    ['meta-llama/llama-3.3-70b-instruct', undefined],
    ['gpt-4o', 'anthropic'],
    ['gpt-4o', 'my-own-server'],
    ['x'.repeat(300), undefined],
  ])('W-45: %s of %s is not priced, as no price is known', (model, provider) => {
    expect(price({ model, provider })).toEqual({ kind: 'unpriced', reason: 'unknown-model' });
  });
});

describe('prices', () => {
  test('C-47: charges input and output and adds them up', () => {
    expect(price({ model: 'gpt-4o' })).toEqual({
      kind: 'priced',
      inputPico: 2_500_000_000_000n,
      outputPico: 10_000_000_000_000n,
      otherPico: 0n,
      costPico: 12_500_000_000_000n,
      priceId: 'openai/gpt-4o',
    });
  });

  test('charges cached input at its own price', () => {
    const usage = { inputTokens: 1_000_000, cacheReadTokens: 400_000, outputTokens: 0 };
    expect(costOf(price({ usage }))).toBe('2');
  });

  test('changes on the day a price changes', () => {
    const usage = { inputTokens: 1_000_000 };
    const dayMs = Date.UTC(2025, 5, 10);
    expect(costOf(price({ model: 'o3', usage, atMs: dayMs - 1 }))).toBe('10');
    expect(costOf(price({ model: 'o3', usage, atMs: dayMs }))).toBe('2');
  });

  test('charges web searches and the fee of a call beside the tokens', () => {
    const searches = { inputTokens: 0, outputTokens: 0, webSearches: 10 };
    expect(price({ model: 'claude-sonnet-4-5', usage: searches })).toMatchObject({
      otherPico: 100_000_000_000n,
    });
    expect(price({ model: 'sonar', provider: 'perplexity', usage: {} })).toMatchObject({
      inputPico: 0n,
      otherPico: 12_000_000_000n,
    });
  });

  test('charges no fee per call where no call is counted', () => {
    const usage = { requests: 0 };
    expect(costOf(price({ model: 'sonar', provider: 'perplexity', usage }))).toBe('0');
  });

  test('charges at least ten seconds of audio where the provider does', () => {
    const groq = { model: 'whisper-large-v3', provider: 'groq' };
    expect(costOf(price({ ...groq, usage: { audioMs: 1 } }))).toBe(
      costOf(price({ ...groq, usage: { inputAudioMs: 10_000 } })),
    );
    expect(costOf(price({ ...groq, usage: { audioMs: 0 } }))).toBe('0');
    expect(costOf(price({ ...groq, usage: { audioMs: 3_600_000 } }))).toBe('0.111');
  });

  test.each([
    { inputTokens: 5, cacheReadTokens: 6 },
    { cacheReadTokens: 6 },
    { inputTokens: -1 },
    { inputTokens: 0.5 },
    { inputTokens: Number.NaN },
  ])('does not price %j, which cannot be right', (usage) => {
    expect(price({ usage })).toEqual({ kind: 'unpriced', reason: 'unusable-usage' });
  });
});

describe('overrides', () => {
  const overrides = {
    'My-Model': { inputPerMillion: '2.5', outputPerMillion: 10 },
    'gpt-4o': { inputPerMillion: '1', outputPerMillion: '1', cacheReadPerMillion: '0.5' },
    'local-model': {
      inputPerMillion: 0,
      outputPerMillion: 0,
      provider: 'Ollama',
      webSearchesPerThousand: '3',
    },
  };

  test('price models that the list does not have, whatever their case', () => {
    expect(costOf(price({ model: 'MY-MODEL' }, { overrides }))).toBe('12.5');
  });

  test('come before the list', () => {
    const usage = { inputTokens: 1_000_000, cacheReadTokens: 1_000_000, outputTokens: 0 };
    const priced = price({ usage }, { overrides });
    expect(costOf(priced)).toBe('0.5');
    expect(idOf(priced)).toBe('override/gpt-4o');
  });

  test.each([
    ['gpt-4o-2024-08-06', 'override/gpt-4o'],
    ['GPT-4o-2024-11-20 ', 'override/gpt-4o'],
    ['my-model-20991231', 'override/my-model'],
    ['my-model@20991231', 'override/my-model'],
    // Listed as a model with prices of its own.
    ['gpt-4o-2024-05-13', 'openai/gpt-4o-2024-05-13'],
    ['gpt-4o-mini', 'openai/gpt-4o-mini'],
    ['my-model-2', 'unknown-model'],
    ['my-model-2099123', 'unknown-model'],
    ['-2024-08-06', 'unknown-model'],
  ])('a dated version of a model has its price: %s is priced as %s', (model, priceId) => {
    expect(idOf(price({ model }, { overrides }))).toBe(priceId);
  });

  test('a price of a dated version comes before that of its model', () => {
    const own = { ...overrides, 'gpt-4o-2024-08-06': { inputPerMillion: 1, outputPerMillion: 1 } };
    expect(idOf(price({ model: 'gpt-4o-2024-08-06' }, { overrides: own }))).toBe(
      'override/gpt-4o-2024-08-06',
    );
    const provider = 'azure';
    expect(idOf(price({ model: 'gpt-4o-2024-08-06', provider }, { overrides }))).toBe(
      'override/gpt-4o',
    );
  });

  test('of a provider are for that provider or for none named', () => {
    expect(idOf(price({ model: 'local-model', provider: 'ollama' }, { overrides }))).toBe(
      'ollama/local-model',
    );
    expect(idOf(price({ model: 'local-model' }, { overrides }))).toBe('ollama/local-model');
    expect(idOf(price({ model: 'local-model', provider: 'openai' }, { overrides }))).toBe(
      'unknown-model',
    );
  });

  test.each([
    ['gpt-4o', 'openai.responses', 'openai/gpt-4o'],
    ['gpt-4o', 'OpenAI.chat', 'openai/gpt-4o'],
    ['openai/gpt-4o', undefined, 'openai/gpt-4o'],
    ['OpenAI:GPT-4o-2024-08-06', undefined, 'openai/gpt-4o'],
    ['gpt-4o', 'azure', 'azure/gpt-4o'],
    ['azure/gpt-4o', undefined, 'azure/gpt-4o'],
    ['openai/my-model', undefined, 'override/my-model'],
    ['models/gemini-2.5-pro', undefined, 'override/gemini-2.5-pro'],
    ['models/gemini-2.5-pro', 'google', 'override/gemini-2.5-pro'],
    // What stands in front is no provider, and may make it another model.
    ['ft:my-model', undefined, 'unknown-model'],
    ['ft:gpt-4o', undefined, 'unknown-model'],
  ])('are found for %s of %s as the list is: %s', (model, provider, priceId) => {
    const amounts = { inputPerMillion: 1, outputPerMillion: 1 };
    const own = {
      'gpt-4o': { ...amounts, provider: 'openai' },
      'my-model': amounts,
      'gemini-2.5-pro': amounts,
    };
    expect(idOf(price({ model, provider }, { overrides: own }))).toBe(priceId);
  });

  test('may be finer than a pico-dollar and are rounded once', () => {
    const fine = { fine: { inputPerMillion: '0.0000004', outputPerMillion: '0.0000005' } };
    const usage = { inputTokens: 10, outputTokens: 3 };
    expect(price({ model: 'fine', usage }, { overrides: fine })).toMatchObject({
      inputPico: 4n,
      outputPico: 2n,
    });
  });

  test.each([
    [
      'options.overrides.<key 0>.inputPerMillion',
      { m: { inputPerMillion: '-1', outputPerMillion: 1 } },
    ],
    [
      'options.overrides.<key 0>.outputPerMillion',
      { m: { inputPerMillion: 1, outputPerMillion: 'much' } },
    ],
    [
      'options.overrides.<key 0>.inputPerMilion',
      { m: { inputPerMillion: 1, outputPerMillion: 1, inputPerMilion: 1 } },
    ],
    ['options.overrides.<key 0>', { m: null as never }],
    [
      'options.overrides.<key 0>.provider',
      { m: { inputPerMillion: 1, outputPerMillion: 1, provider: 5 as never } },
    ],
  ])('are refused naming %s', (field, wrong) => {
    expect(() => createPriceBook({ overrides: wrong })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }),
    );
  });

  test('are refused under the name that the runtime has for them', () => {
    const wrong: object = { prices: { m: { inputPerMillion: 1, outputPerMillion: 1 } } };
    expect(() => createPriceBook(wrong)).toThrow(
      'options.prices: there is no such option; its name has to be one of overrides, source',
    );
  });
});

describe('another price list', () => {
  const tiered = {
    base: 1,
    tiers: [
      { start: 1000, price: 2 },
      { start: 500, price: 1.5 },
    ],
  };

  test('may be used instead of the bundled one', () => {
    const source = aPriceList({ thing: { input_mtok: 1, output_mtok: 2 } });
    expect(costOf(price({ model: 'thing' }, { source }))).toBe('3');
    expect(costOf(price({ model: 'gpt-4o' }, { source }))).toBe('unknown-model');
  });

  test('is asked once for a name, found or not', () => {
    const source = aPriceList({ thing: { input_mtok: 1 } });
    const book = createPriceBook({ source });
    for (const model of ['thing', 'other', 'thing', 'other']) {
      book.priceUsage({ usage: {}, model, atMs: AT_MS });
    }
    expect(source.asked).toEqual(['thing', 'other']);
  });

  test('is asked again for what was forgotten, so that memory is bounded', () => {
    const source = aPriceList({});
    const book = createPriceBook({ source });
    for (let index = 0; index <= 1000; index += 1) {
      book.priceUsage({ usage: {}, model: `name-${index}`, atMs: AT_MS });
    }
    book.priceUsage({ usage: {}, model: 'name-1000', atMs: AT_MS });
    expect(source.asked).toHaveLength(1001);
    book.priceUsage({ usage: {}, model: 'name-0', atMs: AT_MS });
    expect(source.asked).toHaveLength(1002);
  });

  test.each([
    [500, '0.0005'],
    [501, '0.0007515'],
    [1000, '0.0015'],
    [1001, '0.002002'],
  ])('charges the whole call by the tier that %i input tokens reach', (inputTokens, cost) => {
    const source = aPriceList({ thing: { input_mtok: tiered } });
    expect(costOf(price({ model: 'thing', usage: { inputTokens } }, { source }))).toBe(cost);
  });

  test('charges output by the tier of the input', () => {
    const source = aPriceList({ thing: { input_mtok: 0, output_mtok: tiered } });
    const usage = { inputTokens: 2000, outputTokens: 1 };
    expect(costOf(price({ model: 'thing', usage }, { source }))).toBe('0.000002');
  });

  test('does not price when the tier cannot be told', () => {
    const source = aPriceList({ thing: { output_mtok: tiered } });
    const usage = { cacheReadTokens: 10, outputTokens: 1 };
    expect(costOf(price({ model: 'thing', usage }, { source }))).toBe('unusable-usage');
  });

  test('does not price overlapping parts whose overlap is priced but not reported', () => {
    const prices = {
      input_mtok: 1,
      cache_read_mtok: 1,
      input_audio_mtok: 1,
      cache_audio_read_mtok: 1,
    };
    const source = aPriceList({ thing: prices });
    const usage = { inputTokens: 10, cacheReadTokens: 5, inputAudioTokens: 5 };
    expect(costOf(price({ model: 'thing', usage }, { source }))).toBe('unusable-usage');
    const complete = { ...usage, cacheAudioReadTokens: 2 };
    expect(costOf(price({ model: 'thing', usage: complete }, { source }))).toBe('0.00001');
  });

  test('leaves prices out whose unit is not known', () => {
    const source = aPriceList({ thing: { input_mtok: 1, dreams_mtok: 5 } });
    expect(costOf(price({ model: 'thing' }, { source }))).toBe('1');
  });

  test('counts a model with a damaged row as unpriced', () => {
    const source = aPriceList({ thing: { input_mtok: -1 } });
    expect(costOf(price({ model: 'thing' }, { source }))).toBe('unknown-model');
    const empty = aPriceList({ thing: [] });
    expect(costOf(price({ model: 'thing' }, { source: empty }))).toBe('unknown-model');
  });
});
