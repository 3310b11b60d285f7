import { describe, expect, test } from 'vitest';
import { MESSAGE_OVERHEAD_TOKENS, REPLY_PRIMER_TOKENS } from '../../../src/domain/segment.ts';
import type { ChatMessage } from '../../../src/memory/chat-message.ts';
import {
  messageTokens,
  type PromptCounting,
  promptTokens,
  textTokens,
} from '../../../src/memory/message-tokens.ts';
import { assemblePrompt } from '../../../src/memory/prompt-assembly.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

const counting = { counter: createTokenCounter(), model: 'gpt-4o' };

/** The counter, and every content it was asked about. */
function aRecordingCounter(): {
  readonly counts: readonly unknown[];
  readonly counter: PromptCounting['counter'];
} {
  const counts: unknown[] = [];
  const counter: PromptCounting['counter'] = {
    count: (content, model) => {
      counts.push(content);
      return counting.counter.count(content, model);
    },
    countUpTo: (text, options) => counting.counter.countUpTo(text, options),
    truncateText: (text, options) => counting.counter.truncateText(text, options),
  };
  return { counts, counter };
}

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

describe('messageTokens with a memo', () => {
  test('counts a message once, and another one with the same text by itself', () => {
    const { counts, counter } = aRecordingCounter();
    const memo = { counter, model: 'gpt-4o', counted: new Map<ChatMessage, number>() };
    const message: ChatMessage = { role: 'user', content: 'hello world' };
    const once = messageTokens(message, memo);
    expect(messageTokens(message, memo)).toBe(once);
    expect(messageTokens({ ...message, content: 'hello' }, memo)).toBe(once - 1);
    expect(counts).toEqual(['hello world', 'hello']);
  });

  test('is what a prompt is assembled with: no message is counted twice', () => {
    const { counts, counter } = aRecordingCounter();
    const messages = Array.from({ length: 40 }, (_, index): ChatMessage => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: `message ${index}`,
    }));
    assemblePrompt({
      counter,
      model: 'gpt-4o',
      systemPrompt: 'Be kind.',
      notes: [],
      messages,
      maxTokens: 100,
    });
    const ofMessages = counts.filter((content) => String(content).startsWith('message '));
    expect(ofMessages.length).toBeGreaterThan(5);
    expect(new Set(ofMessages).size).toBe(ofMessages.length);
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
