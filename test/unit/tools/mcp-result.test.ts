import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/domain/json.ts';
import { fromMcpResult } from '../../../src/tools/mcp-result.ts';

const text = (value: string) => ({ type: 'text', text: value });
const image = { type: 'image', data: 'AA==', mimeType: 'image/png' };

describe('fromMcpResult', () => {
  test('gives what an answer holds', () => {
    expect(fromMcpResult({ content: [text('hi')] })).toBe('hi');
    expect(fromMcpResult({ content: [text('{"a": 1}')] })).toEqual({ a: 1 });
    expect(fromMcpResult({ content: [text('[not json')] })).toBe('[not json');
    expect(fromMcpResult({ content: [text('42')], isError: false })).toBe('42');
    expect(fromMcpResult({ content: [image] })).toEqual(image);
    expect(fromMcpResult({ content: [text('a'), image] })).toEqual([text('a'), image]);
    expect(fromMcpResult({ content: [text('{}')], structuredContent: { a: 1 } })).toEqual({ a: 1 });
    expect(fromMcpResult({ content: [], structuredContent: { a: 1 } })).toEqual({ a: 1 });
  });

  test('leaves other values as they are', () => {
    for (const value of [
      null,
      'x',
      [text('hi')],
      { content: [] },
      { content: 'text' },
      { content: [{ type: 'paragraph' }] },
      { content: [text('hi')], title: 'mine' },
    ]) {
      expect(fromMcpResult(value)).toBe(value);
    }
  });

  test('G-W108: an answer that is an error is thrown as one, with its class', () => {
    const answer = { content: [text('Rate limit exceeded'), image], isError: true };
    expect(() => fromMcpResult(answer)).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({
          errorClass: 'rate_limit',
          message: 'Rate limit exceeded',
        }),
      }),
    );
    expect(() => fromMcpResult({ content: [image], isError: true })).toThrow('gave no reason');
  });

  test.each<[string, Record<string, JsonValue>, string]>([
    ['without a word', { content: [] }, 'gave no reason'],
    ['with more than it needs', { content: [text('card declined')], traceId: 't' }, 'declined'],
    ['with parts that are not known', { content: [{ type: 'chart' }] }, 'gave no reason'],
    [
      'with details alone',
      { content: [], structuredContent: { reason: 'card declined' } },
      '{"reason":"card declined"}',
    ],
  ])('a failure is one, also %s', (_, answer, message) => {
    expect(() => fromMcpResult({ ...answer, isError: true })).toThrow(message);
  });

  test('a text that no record takes as JSON stays a text', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    for (const odd of ['{"ratio": 1e999}', '[-1e999]', nested(600), nested(5_000), nested(90_000)])
      expect(fromMcpResult({ content: [text(odd)] })).toBe(odd);
  });
});
