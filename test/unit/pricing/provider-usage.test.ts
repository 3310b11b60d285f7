import { describe, expect, test } from 'vitest';

import { parseProviderUsage } from '../../../src/pricing/provider-usage.ts';
import { usageFromCounts } from '../../../src/pricing/stated-usage.ts';

const OPENAI_CHAT = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 64 },
  completion_tokens_details: { reasoning_tokens: 12 },
};
const OPENAI_RESPONSES = {
  input_tokens: 100,
  output_tokens: 20,
  input_tokens_details: { cached_tokens: 64 },
  output_tokens_details: { reasoning_tokens: 12 },
};
const ANTHROPIC = {
  input_tokens: 10,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 60,
  output_tokens: 20,
};
const GEMINI = {
  promptTokenCount: 100,
  cachedContentTokenCount: 64,
  candidatesTokenCount: 8,
  thoughtsTokenCount: 12,
};

const READ = { inputTokens: 100, cacheReadTokens: 64, outputTokens: 20, outputReasoningTokens: 12 };
const READ_ANTHROPIC = {
  inputTokens: 100,
  cacheReadTokens: 60,
  cacheWriteTokens: 30,
  outputTokens: 20,
};

describe('parseProviderUsage', () => {
  test.each([
    ['openai', { model: 'gpt-5', usage: OPENAI_CHAT }, READ],
    ['openai', { model: 'gpt-5', usage: OPENAI_RESPONSES }, READ],
    ['anthropic', { model: 'claude-sonnet-4-5', usage: ANTHROPIC }, READ_ANTHROPIC],
    ['google', { modelVersion: 'gemini-2.5-pro', usageMetadata: GEMINI }, READ],
  ])('C-55: reads the response of %s %j', (provider, body, usage) => {
    expect(parseProviderUsage(body, { provider })).toEqual(usage);
  });

  test.each([
    ['openai', OPENAI_CHAT, READ],
    ['openai.responses', OPENAI_RESPONSES, READ],
    ['anthropic.messages', ANTHROPIC, READ_ANTHROPIC],
    ['google.generative-ai', GEMINI, READ],
  ])('C-55: reads the usage object of %s alone: %j', (provider, usage, read) => {
    expect(parseProviderUsage(usage, { provider })).toEqual(read);
  });

  test.each([
    ['OpenAI chat', OPENAI_CHAT, READ],
    ['OpenAI responses', OPENAI_RESPONSES, READ],
    ['Anthropic', ANTHROPIC, READ_ANTHROPIC],
    ['Gemini', GEMINI, READ],
  ])('tells the shape of %s when the provider is not known', (_name, usage, read) => {
    expect(parseProviderUsage(usage)).toEqual(read);
    expect(parseProviderUsage(usage, { provider: 'my-gateway' })).toEqual(read);
  });

  test('tells the provider from the model', () => {
    expect(parseProviderUsage(ANTHROPIC, { model: 'claude-sonnet-4-5' })).toEqual(READ_ANTHROPIC);
  });

  test('reads the interface that knows most of the body', () => {
    const usage = {
      input_tokens: 50,
      output_tokens: 300,
      input_tokens_details: { text_tokens: 10, image_tokens: 40 },
    };
    expect(parseProviderUsage({ usage }, { provider: 'openai' })).toEqual({
      inputTokens: 50,
      inputTextTokens: 10,
      inputImageTokens: 40,
      outputTokens: 300,
    });
  });

  test.each([
    [undefined, 'anthropic/claude-sonnet-4.5'],
    [undefined, 'claude-sonnet-4-5'],
    ['anthropic', 'claude-sonnet-4-5'],
    ['cerebras', 'gpt-oss-120b'],
  ])(
    "reads the cached tokens of OpenAI's form where %s, of %s, knows less of it",
    (provider, model) => {
      expect(parseProviderUsage({ usage: OPENAI_CHAT }, { provider, model })).toEqual(READ);
    },
  );

  test('leaves a body to its provider where another form, that knows more of it, counts otherwise', () => {
    const usage = {
      prompt_tokens: 32,
      completion_tokens: 9,
      prompt_tokens_details: { audio_tokens: 0, cached_tokens: 6 },
      completion_tokens_details: { reasoning_tokens: 94, audio_tokens: 0 },
    };
    const read = {
      inputTokens: 32,
      cacheReadTokens: 6,
      outputTokens: 103,
      outputReasoningTokens: 94,
      outputAudioTokens: 0,
    };
    expect(parseProviderUsage(usage, { provider: 'x-ai' })).toEqual(read);
    expect(parseProviderUsage(usage, { model: 'grok-4' })).toEqual(read);
  });

  test('names a count that is wrong where the form that knows most has it', () => {
    const usage = { ...OPENAI_CHAT, prompt_tokens_details: { cached_tokens: '64' } };
    expect(() => parseProviderUsage({ usage }, { provider: 'anthropic' })).toThrow(
      'prompt_tokens_details.cached_tokens',
    );
  });

  test('reads a realtime response, whole or its usage alone', () => {
    const usage = {
      input_tokens: 50,
      output_tokens: 30,
      input_token_details: { text_tokens: 10, audio_tokens: 40, cached_tokens: 0 },
      output_token_details: { text_tokens: 5, audio_tokens: 25 },
    };
    const read = {
      inputTokens: 50,
      inputTextTokens: 10,
      inputAudioTokens: 40,
      cacheReadTokens: 0,
      outputTokens: 30,
      outputTextTokens: 5,
      outputAudioTokens: 25,
    };
    expect(parseProviderUsage({ response: { usage } }, { provider: 'openai' })).toEqual(read);
    expect(parseProviderUsage(usage, { provider: 'openai', apiFlavor: 'realtime' })).toEqual(read);
  });

  test('reads pages as plain ones unless the caller says that they were annotated', () => {
    const body = { model: 'mistral-ocr-latest', usage_info: { pages_processed: 3 } };
    expect(parseProviderUsage(body, { provider: 'mistral' })).toEqual({ inputDocumentPages: 3 });
    expect(parseProviderUsage(body, { provider: 'mistral', apiFlavor: 'ocr_annotated' })).toEqual({
      inputDocumentPages: 3,
      inputAnnotatedDocumentPages: 3,
    });
  });

  test('takes durations in milliseconds', () => {
    const usage = { billable_audio_seconds: 1.2345, input_text_messages: 1 };
    expect(parseProviderUsage({ usage }, { provider: 'x-ai' })).toEqual({
      audioMs: 1235,
      inputTextMessages: 1,
    });
  });

  test('reads counts under common names', () => {
    expect(parseProviderUsage({ promptTokens: 7, completionTokens: Number.NaN })).toEqual({
      inputTokens: 7,
    });
    expect(parseProviderUsage({ usage: { inputTokens: 7, outputTokens: 2 } })).toEqual({
      inputTokens: 7,
      outputTokens: 2,
    });
  });

  test('reads what the SDK for agents says of a model, and what SDKs in camel case say was written', () => {
    const ofAgent = {
      inputTokens: 100,
      outputTokens: 50,
      cacheReadInputTokens: 2000,
      cacheCreationInputTokens: 1000,
      webSearchRequests: 2,
    };
    expect(parseProviderUsage(ofAgent)).toEqual({
      inputTokens: 3100,
      cacheReadTokens: 2000,
      cacheWriteTokens: 1000,
      webSearches: 2,
      outputTokens: 50,
    });
    const promptTokensDetails = { cachedTokens: 500, cacheWriteTokens: 90 };
    const inCamelCase = { promptTokens: 1000, completionTokens: 10, promptTokensDetails };
    expect(parseProviderUsage(inCamelCase)).toEqual({
      inputTokens: 1000,
      cacheReadTokens: 500,
      cacheWriteTokens: 90,
      outputTokens: 10,
    });
  });

  test.each(['aws', 'bedrock', 'anthropic', undefined])(
    'reads what Converse kept, and for how long, also where %s is named',
    (provider) => {
      const usage = {
        inputTokens: 100,
        outputTokens: 50,
        totalTokens: 3150,
        cacheReadInputTokens: 2000,
        cacheWriteInputTokens: 1000,
        cacheDetails: [
          { ttl: '1h', inputTokens: 600 },
          { ttl: '5m', inputTokens: 400 },
        ],
      };
      const read = {
        inputTokens: 3100,
        cacheReadTokens: 2000,
        cacheWriteTokens: 1000,
        cacheWrite5mTokens: 400,
        cacheWrite1hTokens: 600,
        outputTokens: 50,
      };
      expect(parseProviderUsage(usage, { provider })).toEqual(read);
      expect(parseProviderUsage({ output: {}, usage }, { provider })).toEqual(read);
    },
  );

  test('reads counts of ours beside those of Converse, and what is no count beside either', () => {
    const usage = { inputTokens: 10, outputTokens: 5, cacheReadInputTokens: 100 };
    const read = { inputTokens: 110, cacheReadTokens: 100, outputTokens: 5 };
    const told = { ...usage, reasoningTokens: 3, cacheWriteTokens: 0, maxOutputTokens: 32_000 };
    expect(parseProviderUsage(told)).toEqual({ ...read, outputReasoningTokens: 3 });
    expect(parseProviderUsage({ ...usage, inputAudioTokens: 4, webSearchRequests: 2 })).toEqual({
      ...read,
      inputAudioTokens: 4,
      webSearches: 2,
    });
    // A cache of Converse's with nothing in it says nothing of the form.
    const plain = { inputTokens: 40, outputTokens: 5, cacheWriteTokens: 30 };
    const limits = { cacheReadInputTokens: 0, maxOutputTokens: 32_000 };
    expect(parseProviderUsage({ ...plain, ...limits })).toEqual(plain);
  });

  test.each<[string, object, string]>([
    ['a name that nobody reads', { toolUsePromptTokens: 300 }, 'toolUsePromptTokens'],
    ['a cached input of the AI SDK', { cachedInputTokens: 7 }, 'cachedInputTokens'],
  ])(
    'refuses tokens that would not be billed, in plain counts and in those of Converse: %s',
    (_, more, name) => {
      const counts = { inputTokens: 10, outputTokens: 5 };
      const refused = expect.objectContaining({ code: 'INVALID_INPUT', field: `usage.${name}` });
      for (const mark of [{ outputAudioTokens: 1 }, { cacheReadInputTokens: 100 }])
        expect(() => parseProviderUsage({ ...counts, ...mark, ...more })).toThrow(refused);
    },
  );

  test.each(['cacheWriteTokens', 'cacheReadTokens', 'cachedTokens', 'promptTokens'])(
    'refuses %s beside the cache of Converse, since either tells of the input something else',
    (name) => {
      const usage = { inputTokens: 10, outputTokens: 5, cacheReadInputTokens: 100, [name]: 30 };
      const refused = expect.objectContaining({ code: 'INVALID_INPUT', field: `usage.${name}` });
      expect(() => parseProviderUsage(usage)).toThrow(refused);
    },
  );

  test.each(['anthropic', 'google-vertex', 'azure', 'bedrock', 'vertex.anthropic.messages'])(
    'reads how long a cache of Claude is kept, and its searches, through %s',
    (provider) => {
      const usage = {
        ...ANTHROPIC,
        cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
        server_tool_use: { web_search_requests: 2 },
      };
      const read = {
        ...READ_ANTHROPIC,
        cacheWrite5mTokens: 10,
        cacheWrite1hTokens: 20,
        webSearches: 2,
      };
      expect(parseProviderUsage(usage, { provider })).toEqual(read);
      expect(parseProviderUsage({ type: 'message', usage }, { provider })).toEqual(read);
    },
  );

  test('reads the form of a chat in camel case', () => {
    const usage = {
      promptTokens: 100,
      completionTokens: 20,
      totalTokens: 120,
      promptTokensDetails: { cachedTokens: 64 },
      completionTokensDetails: { reasoningTokens: 12, acceptedPredictionTokens: 3 },
    };
    expect(parseProviderUsage(usage)).toEqual(READ);
  });

  test.each([
    ['cacheCreationTokens', { inputTokens: 7, outputTokens: 2, cacheCreationTokens: 5 }],
    ['cachedPromptTokens', { promptTokens: 7, cachedTokens: 1, cachedPromptTokens: 5 }],
  ])('names %s, which would not be billed', (name, usage) => {
    expect(() => parseProviderUsage(usage)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: `usage.${name}` }),
    );
  });

  test('leaves alone what is no count of tokens beside plain counts', () => {
    const usage = { inputTokens: 7, outputTokens: 2, latencyMs: 31, cost: 0.2, missedTokens: 0 };
    expect(parseProviderUsage(usage)).toEqual({ inputTokens: 7, outputTokens: 2 });
  });

  test.each([null, 'usage', [], {}, { usage: null }, { usage: { tokens: '7' } }])(
    'refuses %j, which has no usage in it',
    (body) => {
      expect(() => parseProviderUsage(body, { provider: 'openai' })).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', field: 'usage' }),
      );
    },
  );

  test('refuses counts that are not whole numbers', () => {
    const usage = { prompt_tokens: 1.5, completion_tokens: 2 };
    expect(() => parseProviderUsage({ usage }, { provider: 'openai' })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: 'usage.usage.prompt_tokens' }),
    );
  });

  test.each([
    ['prompt_tokens', { prompt_tokens: -1, completion_tokens: 2 }],
    ['prompt_tokens', { prompt_tokens: '7', completion_tokens: 2 }],
    ['completion_tokens', { prompt_tokens: 3, completion_tokens: -4 }],
    ['completion_tokens', { prompt_tokens: 3, completion_tokens: true }],
    ['completion_tokens', { prompt_tokens: 3, completion_tokens: Number.NaN }],
  ])('names %s when that alone is wrong in %j', (unit, usage) => {
    for (const options of [{}, { provider: 'openai' }, { model: 'gpt-4o' }])
      for (const { body, place } of [
        { body: usage, place: 'usage' },
        { body: { usage }, place: 'usage.usage' },
      ])
        expect(() => parseProviderUsage(body, options)).toThrow(
          expect.objectContaining({ code: 'INVALID_INPUT', field: `${place}.${unit}` }),
        );
  });

  test.each([
    ['usage.output_tokens', { provider: 'anthropic' }, { input_tokens: 7 }],
    ['usage.output_tokens', { provider: 'anthropic' }, { input_tokens: 7, output_tokens: '3' }],
    [
      'usage.prompt_tokens_details.cached_tokens',
      { provider: 'openai', apiFlavor: 'chat' },
      { prompt_tokens: 7, completion_tokens: 2, prompt_tokens_details: { cached_tokens: -1 } },
    ],
  ])('names %s of %j when that alone is wrong in %j', (unit, options, usage) => {
    expect(() => parseProviderUsage({ usage }, options)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: `usage.${unit}` }),
    );
  });

  test.each(['together', 'novita', 'avian', 'voyageai', 'cohere', 'aws', 'bedrock'])(
    'reads the common form also from %s, whose own is unknown or another',
    (provider) => {
      const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
      const expected = { inputTokens: 10, outputTokens: 5 };
      expect(parseProviderUsage({ usage }, { provider })).toEqual(expected);
      expect(parseProviderUsage(usage, { provider })).toEqual(expected);
    },
  );

  test.each([
    ['usage.outputTokens', { inputTokens: 10, outputTokens: '500', cachedInputTokens: 1 }],
    ['usage.outputTokens', { inputTokens: 10, outputTokens: 500n }],
    ['usage.inputTokens.total', { inputTokens: { total: '7' }, outputTokens: { total: 1 } }],
  ])('names %s of the AI SDK when that is no number', (field, usage) => {
    expect(() => parseProviderUsage(usage)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }),
    );
  });

  test('names a count in a list by its place', () => {
    const promptTokensDetails = [
      { modality: 'TEXT', tokenCount: 5 },
      { modality: 'AUDIO', tokenCount: -2 },
    ];
    const body = { usageMetadata: { promptTokenCount: 7, promptTokensDetails } };
    expect(() => parseProviderUsage(body, { provider: 'google' })).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        field: 'usage.usageMetadata.promptTokensDetails[1].tokenCount',
      }),
    );
  });

  test('refuses an interface that the provider does not have, and names those it has', () => {
    expect(() => parseProviderUsage({}, { provider: 'anthropic', apiFlavor: 'responses' })).toThrow(
      'apiFlavor: expected one of default, chat',
    );
  });
});

describe('usageFromCounts', () => {
  test('makes usage from what is known', () => {
    expect(usageFromCounts({ promptTokens: 9, completionTokens: 2, cachedTokens: 4 })).toEqual({
      inputTokens: 9,
      cacheReadTokens: 4,
      outputTokens: 2,
    });
  });

  test('refuses a count that is not a whole number', () => {
    expect(() => usageFromCounts({ promptTokens: -1, completionTokens: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: 'usage.promptTokens' }),
    );
  });
});
