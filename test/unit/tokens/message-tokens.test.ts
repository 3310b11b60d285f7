import { describe, expect, test } from 'vitest';

import { countMessageTokens } from '../../../src/tokens/message-tokens.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

const counter = createTokenCounter();
const model = 'gpt-4o';

function tokensOf(message: unknown): number {
  return countMessageTokens(message, { counter, model }).tokens;
}

describe('countMessageTokens', () => {
  test('C-54: counts a string, an object with content, and anything else by its JSON text', () => {
    expect(tokensOf('hello world')).toBe(2);
    expect(tokensOf({ content: 'hello world', extra: 'not counted' })).toBe(2);
    expect(tokensOf({ content: [{ type: 'text', text: 'hello world' }] })).toBe(2);
    expect(tokensOf({ answer: 1 })).toBe(counter.countText('{"answer":1}', model));
    expect(tokensOf(123)).toBe(1);
  });

  test('C-54: counts content of null as nothing', () => {
    expect(tokensOf({ content: null })).toBe(0);
    expect(tokensOf({ role: 'assistant', content: null })).toBe(0);
    expect(tokensOf(null)).toBe(0);
    expect(tokensOf(undefined)).toBe(0);
  });

  test('counts the calls beside the content', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'find', arguments: '{"q":1}' } };
    const calls = counter.countText('find', model) + counter.countText('{"q":1}', model);
    expect(tokensOf({ role: 'assistant', content: 'hello world', tool_calls: [call] })).toBe(
      2 + calls,
    );
    expect(tokensOf({ role: 'assistant', tool_calls: [call] })).toBe(calls);
  });

  test('counts a name, and one for having it, as the formula of OpenAI does', () => {
    const named = counter.countText('find_orders', model) + 1;
    expect(tokensOf({ role: 'tool', name: 'find_orders', content: 'hello world' })).toBe(2 + named);
    expect(tokensOf({ role: 'user', name: '', content: 'hello world' })).toBe(3);
    expect(tokensOf({ role: 'user', name: { first: 'A' }, content: 'hello world' })).toBe(2);
    expect(tokensOf({ name: 'find_orders' })).toBe(
      counter.countText('{"name":"find_orders"}', model),
    );
  });

  test('leaves what a name takes out of recorded content, whose count stays as it was', () => {
    const message = { role: 'user', content: 'hello world' };
    expect(counter.count({ ...message, name: 'Ada' }, model)).toEqual(
      counter.count(message, model),
    );
  });

  test('leaves parts with content of their own to their own rule', () => {
    expect(tokensOf({ type: 'tool_result', content: 'hello world' })).toBe(2);
  });

  test('says whether the count is exact', () => {
    const options = { counter, model };
    expect(countMessageTokens({ content: 'hi' }, options).isExact).toBe(true);
    const image = { type: 'image_url', image_url: { url: 'https://a.b/c.png' } };
    expect(countMessageTokens({ content: [image] }, options).isExact).toBe(false);
  });

  test('C-45: takes what throws for nothing', () => {
    const hostile = {
      get content(): string {
        throw new Error('no');
      },
    };
    expect(tokensOf(hostile)).toBe(0);
  });
});
