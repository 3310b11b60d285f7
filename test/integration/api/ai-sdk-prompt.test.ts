import { generateText } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { describe, expect, test } from 'vitest';
import { toAiSdkPrompt, toAnthropicPrompt, toResponsesInput } from '../../../src/index.ts';
import { aPagefold } from './a-pagefold.ts';

const NO_TOKENS = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

function aModel(): MockLanguageModelV3 {
  return new MockLanguageModelV3({
    doGenerate: {
      content: [{ type: 'text', text: 'Hi' }],
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: NO_TOKENS,
      warnings: [],
    },
  });
}

describe('toAiSdkPrompt', () => {
  test.each([undefined, 'Be brief.'])(
    'is spread into the options of generateText, with the system prompt %j',
    async (systemPrompt) => {
      const session = (await aPagefold()).session('s', { systemPrompt });
      await session.userSays('Hello');
      const model = aModel();

      const messages = await session.getMessagesForLlm();
      const { text } = await generateText({ model, ...toAiSdkPrompt(messages) });

      expect(text).toBe('Hi');
      const roles = model.doGenerateCalls[0]?.prompt.map(({ role }) => role);
      expect(roles).toEqual(systemPrompt === undefined ? ['user'] : ['system', 'user']);
    },
  );
});

test('no form of a prompt without a system prompt has a null', async () => {
  const session = (await aPagefold()).session('s');
  await session.userSays([
    { type: 'text', text: 'Hello' },
    { type: 'file' },
    { type: 'image_url' },
  ]);
  const toolCalls = [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{}' } }];
  await session.aiResponds({ role: 'assistant', content: null, tool_calls: toolCalls });

  const messages = await session.getMessagesForLlm();

  for (const convert of [toAnthropicPrompt, toAiSdkPrompt, toResponsesInput])
    expect(JSON.stringify(convert(messages))).not.toContain('null');
});
