import { describe, expect, test } from 'vitest';

import { parseProviderUsage } from '../../../src/pricing/provider-usage.ts';

const READ = {
  inputTokens: 100,
  cacheReadTokens: 64,
  cacheWriteTokens: 6,
  outputTokens: 20,
  outputReasoningTokens: 12,
};

describe('parseProviderUsage of the Vercel AI SDK', () => {
  test('reads details where the total includes cached tokens', () => {
    const usage = {
      inputTokens: 100,
      inputTokenDetails: { noCacheTokens: 30, cacheReadTokens: 64, cacheWriteTokens: 6 },
      outputTokens: 20,
      outputTokenDetails: { textTokens: 8, reasoningTokens: 12 },
      totalTokens: 120,
    };
    expect(parseProviderUsage(usage, { provider: 'anthropic.messages' })).toEqual(READ);
  });

  test('reads the usage of a provider of the SDK', () => {
    const usage = {
      inputTokens: { total: 100, noCache: 30, cacheRead: 64, cacheWrite: 6 },
      outputTokens: { total: 20, text: 8, reasoning: 12 },
    };
    expect(parseProviderUsage({ usage }, { provider: 'openai.chat' })).toEqual(READ);
  });

  test('reads flat counts', () => {
    const usage = {
      inputTokens: 100,
      outputTokens: 20,
      totalTokens: 120,
      cachedInputTokens: 64,
      reasoningTokens: 12,
    };
    const { cacheWriteTokens: _, ...read } = READ;
    expect(parseProviderUsage(usage, { provider: 'openai.responses' })).toEqual(read);
  });

  test('adds cached tokens to the total where the SDK left them out', () => {
    const usage = {
      inputTokens: 100,
      outputTokens: 20,
      cachedInputTokens: 64,
      reasoningTokens: undefined,
    };
    const read = { inputTokens: 164, cacheReadTokens: 64, outputTokens: 20 };
    expect(parseProviderUsage(usage, { provider: 'anthropic.messages' })).toEqual(read);
    expect(parseProviderUsage({ ...usage, inputTokens: 3 })).toEqual({ ...read, inputTokens: 67 });
  });

  test.each([
    ['claude-sonnet-4-5', 'google-vertex'],
    ['claude-sonnet-4-5@20250929', 'vertex.anthropic.messages'],
    ['claude-sonnet-4-5', 'azure'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'amazon-bedrock'],
    ['claude-sonnet-4-5', undefined],
  ])('adds cached tokens to the total for %s of %s', (model, provider) => {
    const usage = { inputTokens: 100, outputTokens: 20, totalTokens: 120, cachedInputTokens: 64 };
    const read = { inputTokens: 164, cacheReadTokens: 64, outputTokens: 20 };
    expect(parseProviderUsage(usage, { provider, model })).toEqual(read);
    const inputTokenDetails = { noCacheTokens: 36, cacheReadTokens: 64, cacheWriteTokens: 0 };
    expect(parseProviderUsage({ ...usage, inputTokenDetails }, { provider, model })).toEqual({
      ...read,
      inputTokens: 100,
      cacheWriteTokens: 0,
    });
  });

  test.each([
    ['gemini-2.5-pro', 'google-vertex'],
    ['gpt-5', 'azure'],
    ['anthropic/claude-sonnet-4.5', 'openrouter'],
    ['gpt-5', undefined],
  ])('takes cached tokens for a part of the total for %s of %s', (model, provider) => {
    const usage = { inputTokens: 100, outputTokens: 20, totalTokens: 120, cachedInputTokens: 64 };
    expect(parseProviderUsage(usage, { provider, model })).toEqual({
      inputTokens: 100,
      cacheReadTokens: 64,
      outputTokens: 20,
    });
  });

  test.each([
    ['more', { inputTokens: 1000, outputTokens: 50, totalTokens: 4050, reasoningTokens: 3000 }],
    ['less', { inputTokens: 1000, outputTokens: 50, totalTokens: 1080, reasoningTokens: 30 }],
    ['more, and no sum', { inputTokens: 1000, outputTokens: 50, reasoningTokens: 3000 }],
    [
      'less, beside what tools read',
      { inputTokens: 1000, outputTokens: 50, totalTokens: 1280, reasoningTokens: 30 },
    ],
  ])(
    'adds what Gemini thought to the output, where the SDK left it out: %s than was said',
    (_name, usage) => {
      expect(
        parseProviderUsage({ ...usage, cachedInputTokens: 400 }, { provider: 'google' }),
      ).toEqual({
        inputTokens: 1000,
        cacheReadTokens: 400,
        outputTokens: 50 + usage.reasoningTokens,
        outputReasoningTokens: usage.reasoningTokens,
      });
    },
  );

  test('takes what was thought for the output of a call that came to say nothing', () => {
    const usage = { inputTokens: 10, outputTokens: undefined, reasoningTokens: 30 };
    expect(parseProviderUsage({ ...usage, totalTokens: 40 }, { provider: 'google' })).toEqual({
      inputTokens: 10,
      outputTokens: 30,
      outputReasoningTokens: 30,
    });
  });

  test('takes what was thought for a part of the output where the sum or the details say so', () => {
    const read = { inputTokens: 1000, outputTokens: 50, outputReasoningTokens: 30 };
    const usage = { inputTokens: 1000, outputTokens: 50, reasoningTokens: 30 };
    const outputTokenDetails = { textTokens: 20, reasoningTokens: 30 };
    expect(parseProviderUsage({ ...usage, totalTokens: 1050 })).toEqual(read);
    expect(parseProviderUsage(usage)).toEqual(read);
    expect(parseProviderUsage({ reasoningTokens: 30 })).toEqual({ outputReasoningTokens: 30 });
    expect(parseProviderUsage({ ...usage, totalTokens: 1080, outputTokenDetails })).toEqual(read);
  });

  test('takes what the provider did not report as not known', () => {
    const usage = { inputTokens: 5, outputTokens: undefined, cachedInputTokens: undefined };
    expect(parseProviderUsage(usage)).toEqual({ inputTokens: 5 });
  });

  test.each<[string, object]>([
    ['v4', { promptTokens: NaN, completionTokens: NaN, totalTokens: NaN }],
    ['v5', { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined }],
    ['v5 with details', { inputTokens: undefined, cachedInputTokens: undefined }],
    ['a provider', { inputTokens: { total: undefined }, outputTokens: { total: undefined } }],
  ])('reads a usage without any number, as %s writes it, as empty', (_name, usage) => {
    expect(parseProviderUsage(usage)).toEqual({});
  });

  test('reads the usage of all steps of a result, where that has numbers', () => {
    const usage = { inputTokens: 10, outputTokens: 2, cachedInputTokens: undefined };
    const totalUsage = { inputTokens: 50, outputTokens: 6, cachedInputTokens: undefined };
    const unreported = { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined };
    const result = { text: 'hi', usage, totalUsage };
    expect(parseProviderUsage(result)).toEqual({ inputTokens: 50, outputTokens: 6 });
    expect(parseProviderUsage({ ...result, totalUsage: unreported })).toEqual({
      inputTokens: 10,
      outputTokens: 2,
    });
  });

  const COUNTS = { inputTokens: 10, outputTokens: 20, totalTokens: 30, cachedInputTokens: 5000 };
  const READ_CACHE = {
    inputTokens: 8010,
    cacheReadTokens: 5000,
    cacheWriteTokens: 3000,
    outputTokens: 20,
  };

  test.each([
    ['anthropic', { anthropic: { cacheCreationInputTokens: 3000 } }],
    ['anthropic', { anthropic: { usage: { cache_creation_input_tokens: 3000 } } }],
    ['amazon-bedrock', { bedrock: { usage: { cacheWriteInputTokens: 3000 } } }],
    ['gateway', { anthropic: { cacheCreationInputTokens: 3000 } }],
  ])('reads what Claude of %s wrote to the cache from the metadata %j', (provider, metadata) => {
    const result = { text: 'hi', usage: COUNTS, providerMetadata: metadata };
    const options = { provider, model: 'claude-sonnet-4-5' };
    expect(parseProviderUsage(result, options)).toEqual(READ_CACHE);
    const { cachedInputTokens: _, ...usage } = COUNTS;
    const { cacheReadTokens: __, ...read } = READ_CACHE;
    expect(parseProviderUsage({ ...result, usage }, options)).toEqual({
      ...read,
      inputTokens: 3010,
    });
  });

  test('reads for how long Claude keeps what it wrote, and what it read where v4 has no count of it', () => {
    const cacheCreation = { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 2000 };
    const usage = { input_tokens: 10, cache_creation: cacheCreation };
    const anthropic = { usage, cacheCreationInputTokens: 3000, cacheReadInputTokens: 5000 };
    const counts = { promptTokens: 10, completionTokens: 20, totalTokens: 30 };
    expect(parseProviderUsage({ usage: counts, providerMetadata: { anthropic } })).toEqual({
      ...READ_CACHE,
      cacheWrite5mTokens: 1000,
      cacheWrite1hTokens: 2000,
    });
  });

  test('adds up what each step wrote where the usage is that of all steps', () => {
    const aStep = (written: number | null) => ({
      usage: COUNTS,
      providerMetadata: { anthropic: { cacheCreationInputTokens: written } },
    });
    const steps = [aStep(1000), aStep(null), aStep(2000)];
    const result = { ...aStep(2000), steps };
    const total = { ...COUNTS, totalTokens: undefined };
    expect(parseProviderUsage({ ...result, totalUsage: total })).toEqual(READ_CACHE);
    const unreported = { inputTokens: undefined, outputTokens: undefined };
    expect(parseProviderUsage({ ...result, totalUsage: unreported })).toEqual({
      ...READ_CACHE,
      inputTokens: 7010,
      cacheWriteTokens: 2000,
    });
  });

  test('counts each step as its own model does where they are of several', () => {
    const claude = {
      usage: { inputTokens: 100, outputTokens: 10, cachedInputTokens: 0 },
      providerMetadata: { anthropic: { cacheCreationInputTokens: 30 } },
    };
    const gpt = {
      usage: { inputTokens: 1000, outputTokens: 20, cachedInputTokens: 500 },
      providerMetadata: { openai: {} },
    };
    const totalUsage = { inputTokens: 1100, outputTokens: 30, cachedInputTokens: 500 };
    const steps = [claude, gpt];
    expect(parseProviderUsage({ ...gpt, totalUsage, steps })).toEqual({
      inputTokens: 1130,
      cacheReadTokens: 500,
      cacheWriteTokens: 30,
      outputTokens: 30,
    });
    const unsaid = [claude, { ...gpt, usage: undefined }];
    expect(parseProviderUsage({ ...gpt, totalUsage, steps: unsaid })).toEqual({
      inputTokens: 1100,
      cacheReadTokens: 500,
      outputTokens: 30,
    });
  });

  test('takes a step without metadata for one like the others, as Bedrock tells no news of it', () => {
    const counts = { inputTokens: 1000, outputTokens: 10 };
    const told = { bedrock: { usage: { cacheWriteInputTokens: 500 } } };
    const steps = [
      { usage: counts, providerMetadata: told },
      { usage: { ...counts, cachedInputTokens: 500 }, providerMetadata: undefined },
    ];
    const totalUsage = { inputTokens: 2000, outputTokens: 20, cachedInputTokens: 500 };
    expect(parseProviderUsage({ usage: counts, totalUsage, steps })).toEqual({
      inputTokens: 3000,
      cacheReadTokens: 500,
      cacheWriteTokens: 500,
      outputTokens: 20,
    });
  });

  test.each([
    ['of an input that nobody counted', { outputTokens: 200, totalTokens: 1200 }],
    [
      'of a sum that has no room for them',
      { inputTokens: 1000, outputTokens: 200, totalTokens: 1200 },
    ],
  ])('takes thoughts for a part of the output beside a sum %s', (_, counts) => {
    const usage = { inputTokens: undefined, ...counts, reasoningTokens: 50 };
    expect(parseProviderUsage(usage)).toMatchObject({
      outputTokens: 200,
      outputReasoningTokens: 50,
    });
  });

  test('takes the thoughts of Claude for a part of its output, whatever the sum has', () => {
    const usage = { inputTokens: 10, outputTokens: 20, totalTokens: 100, reasoningTokens: 15 };
    const anthropic = { cacheCreationInputTokens: 30, cacheReadInputTokens: 40 };
    expect(parseProviderUsage({ usage, providerMetadata: { anthropic } })).toMatchObject({
      inputTokens: 80,
      outputTokens: 20,
      outputReasoningTokens: 15,
    });
  });

  test('does not add what was written where the input has it already', () => {
    const anthropic = { cacheCreationInputTokens: 3000, usage: { input_tokens: 10 } };
    const details = { noCacheTokens: 10, cacheReadTokens: 5000, cacheWriteTokens: 3000 };
    const usage = { ...COUNTS, inputTokens: 8010 };
    const result = { usage, providerMetadata: { anthropic } };
    expect(parseProviderUsage(result)).toEqual(READ_CACHE);
    expect(
      parseProviderUsage({ ...result, usage: { ...usage, inputTokenDetails: details } }),
    ).toEqual(READ_CACHE);
  });

  test('names a count of the metadata that is none', () => {
    const anthropic = { cacheCreationInputTokens: '3000' };
    expect(() => parseProviderUsage({ usage: COUNTS, providerMetadata: { anthropic } })).toThrow(
      'providerMetadata.anthropic.cacheCreationInputTokens',
    );
  });

  test.each([{ promptTokens: '5' }, { inputTokens: null }, { totalTokens: 3 }])(
    'takes %j for no usage',
    (usage) => {
      expect(() => parseProviderUsage(usage)).toThrow('usage');
    },
  );
});
