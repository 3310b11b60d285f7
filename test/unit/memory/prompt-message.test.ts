import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../src/memory/chat-message.ts';
import { toPromptMessages } from '../../../src/memory/prompt-message.ts';

const call = { id: 'c1', type: 'function', function: { name: 'find', arguments: '{}' } } as const;

const messages: readonly ChatMessage[] = [
  { role: 'system', content: 'Be kind.' },
  { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
  { role: 'assistant', content: null, tool_calls: [call] },
  { role: 'tool', tool_call_id: 'c1', name: 'find', content: 'found' },
  { role: 'assistant', content: 'Hello' },
];

describe('toPromptMessages', () => {
  test('gives equal messages that share nothing with the rendered ones', () => {
    const copies = toPromptMessages(messages);
    expect(copies).toStrictEqual(messages);
    for (const [index, copy] of copies.entries()) expect(copy).not.toBe(messages[index]);
    expect(copies[1]?.content).not.toBe(messages[1]?.content);
    const [, , calling] = copies;
    expect(calling?.role === 'assistant' && calling.tool_calls?.[0]).not.toBe(call);
  });

  test('keeps fields of the caller that a message has beside its text', () => {
    const named = { role: 'user', content: 'Hi', name: 'anna' } as const;
    expect(toPromptMessages([named])).toStrictEqual([named]);
  });
});
