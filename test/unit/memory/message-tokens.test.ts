import { describe, expect, test } from 'vitest';
import { MESSAGE_OVERHEAD_TOKENS } from '../../../src/domain/segment.ts';
import type { ChatMessage } from '../../../src/memory/chat-message.ts';
import {
  messageTokens,
  promptTokens,
  REPLY_PRIMER_TOKENS,
  textTokens,
} from '../../../src/memory/message-tokens.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

const counting = { counter: createTokenCounter(), model: 'gpt-4o' };

describe('messageTokens', () => {
  test('counts content and the marks around a message', () => {
    const message: ChatMessage = { role: 'user', content: 'hello world' };
    expect(messageTokens(message, counting)).toBe(2 + MESSAGE_OVERHEAD_TOKENS);
  });

  test('counts the names and arguments of tool calls', () => {
    const call = { name: 'search', arguments: '{"query":"a rather long question"}' };
    const silent: ChatMessage = { role: 'assistant', content: null };
    const calling: ChatMessage = {
      ...silent,
      tool_calls: [{ id: 'c', type: 'function', function: call }],
    };
    const added = messageTokens(calling, counting) - messageTokens(silent, counting);
    const least = textTokens(call.name, counting) + textTokens(call.arguments, counting);
    expect(added).toBeGreaterThanOrEqual(least);
  });
});

describe('promptTokens', () => {
  test('is the sum over the messages and the opening of the reply', () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
    ];
    const sum = messages.reduce((total, message) => total + messageTokens(message, counting), 0);
    expect(promptTokens(messages, counting)).toBe(sum + REPLY_PRIMER_TOKENS);
  });

  test('is nothing without messages', () => {
    expect(promptTokens([], counting)).toBe(0);
  });
});
