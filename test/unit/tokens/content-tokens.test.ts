import { describe, expect, test } from 'vitest';

import { measureContent } from '../../../src/tokens/content-tokens.ts';

/** One token a character, so that expectations can be read off. */
function measure(content: unknown): { readonly tokens: number; readonly isText: boolean } {
  return measureContent(content, (text) => text.length);
}

function textTokens(...texts: readonly string[]): { tokens: number; isText: true } {
  return { tokens: texts.join('').length, isText: true };
}

const BASE64 = 'A'.repeat(40_000);

describe('measureContent', () => {
  test('counts text as it is and other values by their JSON text', () => {
    expect(measure('hello')).toEqual(textTokens('hello'));
    expect(measure(42)).toEqual(textTokens('42'));
    expect(measure({ tool: 'x', ok: true })).toEqual(textTokens('{"tool":"x","ok":true}'));
    expect(measure(['a', 'b'])).toEqual(textTokens('["a","b"]'));
    expect(measure([])).toEqual(textTokens('[]'));
  });

  test.each([
    [{ type: 'text', text: 'abc' }, 'abc'],
    [{ type: 'input_text', text: 'abc' }, 'abc'],
    [{ type: 'output_text', text: 'abc', annotations: [] }, 'abc'],
    [{ type: 'refusal', refusal: 'abc' }, 'abc'],
    [{ type: 'thinking', thinking: 'abc', signature: BASE64 }, 'abc'],
    [{ type: 'reasoning', text: 'abc' }, 'abc'],
    [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'abc' }] }, 'abc'],
  ])('counts the text of %j', (part, text) => {
    expect(measure(part)).toEqual(textTokens(text));
    expect(measure([part, part, 'plain'])).toEqual(textTokens(text, text, 'plain'));
  });

  test.each([
    [{ type: 'function', id: 'c1', function: { name: 'find', arguments: '{"q":1}' } }, '{"q":1}'],
    [{ type: 'function_call', call_id: 'c1', name: 'find', arguments: '{"q":1}' }, '{"q":1}'],
    [{ type: 'tool_use', id: 't1', name: 'find', input: { q: 1 } }, '{"q":1}'],
    [{ type: 'tool-call', toolCallId: 't1', toolName: 'find', input: { q: 1 } }, '{"q":1}'],
    [{ type: 'tool-call', toolCallId: 't1', toolName: 'find', args: { q: 1 } }, '{"q":1}'],
  ])('counts the name and the arguments of %j', (part, args) => {
    expect(measure([part])).toEqual(textTokens('find', args));
  });

  test('does not take arguments for parts', () => {
    const input = { type: 'image', source: { data: BASE64 } };
    expect(measure([{ type: 'tool_use', name: 'show', input }])).toEqual(
      textTokens('show', JSON.stringify(input)),
    );
  });

  test('counts the definition of a tool whole', () => {
    const tool = {
      type: 'function',
      function: { name: 'find', description: 'Finds.', parameters: {} },
    };
    expect(measure([tool])).toEqual(textTokens(JSON.stringify(tool)));
  });

  test.each([
    [{ type: 'tool_result', tool_use_id: 't1', content: 'done' }],
    [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'done' }] }],
    [{ type: 'tool-result', toolName: 'find', output: { type: 'text', value: 'done' } }],
    [{ type: 'tool-result', output: { type: 'content', value: [{ type: 'text', text: 'done' }] } }],
    [{ type: 'tool-result', toolName: 'find', result: 'done' }],
    [{ type: 'function_call_output', call_id: 'c1', output: 'done' }],
  ])('counts the result in %j', (part) => {
    expect(measure([part])).toEqual(textTokens('done'));
  });

  test('counts a result in JSON by its text', () => {
    const part = { type: 'tool-result', output: { type: 'json', value: { rows: [1] } } };
    expect(measure([part])).toEqual(textTokens('{"rows":[1]}'));
  });

  test.each([
    [{ type: 'image_url', image_url: { url: `data:image/png;base64,${BASE64}` } }, 765],
    [{ type: 'image_url', image_url: { url: 'https://a.b/c.png', detail: 'low' } }, 85],
    [{ type: 'input_image', image_url: 'https://a.b/c.png', detail: 'low' }, 85],
    [{ type: 'input_image', file_id: 'f1' }, 765],
    [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: BASE64 } }, 765],
    [{ type: 'image', image: new Uint8Array(9), width: 512, height: 512 }, 255],
    [{ type: 'image', data: BASE64, mimeType: 'image/png' }, 765],
    [{ type: 'file', data: BASE64, mediaType: 'image/png' }, 765],
    [{ type: 'media', data: BASE64, mediaType: 'image/png' }, 765],
  ])('estimates the picture in part %#', (part, tokens) => {
    expect(measure([part])).toEqual({ tokens, isText: false });
  });

  test.each([
    [{ type: 'input_audio', input_audio: { data: BASE64, format: 'wav' } }, 7],
    [{ type: 'input_audio', input_audio: { data: BASE64, format: 'mp3' } }, 19],
    [{ type: 'file', data: BASE64, mediaType: 'audio/wav' }, 7],
    [{ type: 'audio', data: BASE64, mimeType: 'audio/wav', duration: 2 }, 20],
    [{ type: 'audio', audio: { id: 'a1' } }, 300],
  ])('estimates the sound in part %#', (part, tokens) => {
    expect(measure([part])).toEqual({ tokens, isText: false });
  });

  test.each([
    [
      {
        type: 'file',
        file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${BASE64}` },
      },
      1_154,
    ],
    [{ type: 'file', file: { file_id: 'f1' } }, 2_300],
    [{ type: 'input_file', file_url: 'https://a.b/c.pdf' }, 2_300],
    [{ type: 'input_file', file_data: `data:text/csv;base64,${BASE64}` }, 7_500],
    [{ type: 'file', data: Buffer.alloc(2_600), mediaType: 'application/pdf' }, 100],
    [{ type: 'file', data: 'https://a.b/c.pdf', mediaType: 'application/pdf' }, 2_300],
    [
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: BASE64 } },
      1_154,
    ],
    [{ type: 'resource', resource: { uri: 'r:1', blob: BASE64 } }, 1_154],
    [{ type: 'redacted_thinking', data: BASE64 }, 7_500],
  ])('estimates the file in part %#', (part, tokens) => {
    expect(measure([part])).toEqual({ tokens, isText: false });
  });

  test('counts documents that hold text or parts', () => {
    const plain = { type: 'document', title: 'T', source: { type: 'text', data: 'abc' } };
    const inner = [{ type: 'text', text: 'abc' }];
    const nested = { type: 'document', context: 'C', source: { type: 'content', content: inner } };
    expect(measure([plain, nested])).toEqual(textTokens('T', 'abc', 'C', 'abc'));
    expect(measure([{ type: 'resource', resource: { uri: 'r:1', text: 'abc' } }])).toEqual(
      textTokens('abc'),
    );
  });

  test('counts bytes by their size', () => {
    expect(measure(Buffer.alloc(2_600))).toEqual({ tokens: 100, isText: false });
    expect(measure(new ArrayBuffer(52))).toEqual({ tokens: 2, isText: false });
  });

  test('counts what a message says and calls, not who says it', () => {
    const call = { type: 'function', function: { name: 'find', arguments: '{}' } };
    expect(measure({ role: 'user', content: 'abc' })).toEqual(textTokens('abc'));
    expect(measure([{ role: 'assistant', content: null, tool_calls: [call] }])).toEqual(
      textTokens('find', '{}'),
    );
    expect(measure({ type: 'message', content: [{ type: 'output_text', text: 'abc' }] })).toEqual(
      textTokens('abc'),
    );
  });

  test.each([
    [{ type: 'message', note: 'mine' }],
    [{ type: 'image', caption: 'a dog' }],
    [{ type: 'file', path: '/tmp/x' }],
    [{ type: 'text', body: 'abc' }],
    [{ type: 'invented', text: 'abc' }],
    [{ type: 'constructor' }],
    [{ role: 'user', text: 'abc' }],
  ])('counts %j by its JSON text, as it only looks like a part', (part) => {
    expect(measure(part)).toEqual(textTokens(JSON.stringify(part)));
  });

  test('counts a revoked proxy among parts as nothing, and the others as ever', () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    expect(measure([{ type: 'text', text: 'abc' }, proxy])).toEqual(textTokens('abc'));
  });

  test('goes no deeper than parts nest, even into what holds itself', () => {
    const part: Record<string, unknown> = { type: 'tool_result' };
    part['content'] = [part, { type: 'text', text: 'abc' }];
    expect(measure(part).tokens).toBeGreaterThan(0);
  });

  test('does not take the time of a square over base64 without a comma', () => {
    const part = { type: 'file', data: `data:${'a'.repeat(3_000_000)}`, mediaType: 'x/y' };
    expect(measure([part]).isText).toBe(false);
  });
});
