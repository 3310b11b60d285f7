import { describe, expect, test } from 'vitest';
import { chatMediumOf } from '../../../src/domain/chat-medium.ts';
import type { JsonValue } from '../../../src/domain/json.ts';
import {
  messageText,
  toAnswerContent,
  toUserContent,
} from '../../../src/domain/message-content.ts';
import { toolUseOf } from '../../../src/domain/tool-call.ts';
import { withoutData } from '../../../src/domain/without-data.ts';

const data = 'iVBORw0KGgo'.repeat(100);
const png = `data:image/png;base64,${data}`;
const pdf = `data:application/pdf;base64,${data}`;
const link = 'https://example.org/a?b=c';
const image = { type: 'image_url', image_url: { url: png } };
const linked = { type: 'image_url', image_url: { url: link } };
const sound = { type: 'input_audio', input_audio: { data, format: 'mp3' } };

/** A part as an interface has it, and as OpenAI's chat has it; null where that has no place for it. */
const FORMS: readonly (readonly [string, JsonValue, JsonValue])[] = [
  ['chat, image', image, image],
  ['chat, address', linked, linked],
  ['chat, address alone', { type: 'image_url', image_url: link }, linked],
  ['chat, sound', sound, sound],
  ['responses, image', { type: 'input_image', image_url: png }, image],
  [
    'responses, detail',
    { type: 'input_image', image_url: link, detail: 'low' },
    { type: 'image_url', image_url: { url: link, detail: 'low' } },
  ],
  ['responses, image by id', { type: 'input_image', file_id: 'file-1' }, null],
  [
    'responses, file',
    { type: 'input_file', filename: 'a.pdf', file_data: pdf },
    { type: 'file', file: { filename: 'a.pdf', file_data: pdf } },
  ],
  [
    'responses, file by id',
    { type: 'input_file', file_id: 'file-1' },
    { type: 'file', file: { file_id: 'file-1' } },
  ],
  ['responses, file at an address', { type: 'input_file', file_url: link }, null],
  [
    'Anthropic, image',
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
    image,
  ],
  ['Anthropic, address', { type: 'image', source: { type: 'url', url: link } }, linked],
  [
    'Anthropic, document',
    { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data } },
    { type: 'file', file: { file_data: pdf } },
  ],
  ['AI SDK, image', { type: 'image', image: data, mediaType: 'image/png' }, image],
  ['AI SDK, file', { type: 'file', data, mediaType: 'image/png' }, image],
  [
    'AI SDK, document',
    { type: 'file', data, mediaType: 'application/pdf', filename: 'a.pdf' },
    { type: 'file', file: { filename: 'a.pdf', file_data: pdf } },
  ],
  ['MCP, image', { type: 'image', data, mimeType: 'image/png' }, image],
  ['MCP, sound', { type: 'audio', data, mimeType: 'audio/mpeg' }, sound],
  ['MCP, sound that chat does not take', { type: 'audio', data, mimeType: 'audio/ogg' }, null],
  [
    'MCP, resource',
    { type: 'resource', resource: { uri: 'file:///a.png', mimeType: 'image/png', blob: data } },
    image,
  ],
  ['Gemini, image', { inlineData: { mimeType: 'image/png', data } }, image],
  ['Gemini, snake case', { inline_data: { mime_type: 'image/png', data } }, image],
  ['Gemini, address', { fileData: { fileUri: link, mimeType: 'image/png' } }, linked],
];

describe('chatMediumOf', () => {
  test.each(FORMS)('%s', (_name, given, expected) => {
    expect(chatMediumOf(given)?.part).toEqual(expected);
    const words = { type: 'text', text: `[${chatMediumOf(given)?.name}]` };
    expect(toUserContent([{ type: 'text', text: 'Look' }, given])).toEqual([
      { type: 'text', text: 'Look' },
      expected ?? words,
    ]);
    expect(JSON.stringify(toAnswerContent([given]))).not.toContain(data);
    const said = messageText({ source: 'user', message: [given] });
    expect(said).toMatch(/^\[(image|audio|file)\]$/);
  });

  test.each([
    [{ type: 'image' }],
    [{ type: 'image', title: 'A rose' }],
    [{ type: 'file', data: 'What the file says, which a tool has read.' }],
    [{ type: 'file', data: '{"a":1}', mimeType: 'application/json' }],
    [{ type: 'file', data: 'words '.repeat(50), mimeType: 'text/plain' }],
    [{ type: 'order', data, mimeType: 'image/png' }],
    [{ data }],
    ['image'],
    [null],
  ])('leaves %j as it is', (value) => {
    expect(chatMediumOf(value)).toBeNull();
    expect(withoutData({ result: value })).toEqual({ result: value });
  });
});

test('documents and resources that are text are text', () => {
  const source = { type: 'text', media_type: 'text/plain', data: 'Of roses.' };
  const resource = { uri: 'file:///a.txt', text: 'Of tulips.' };
  const content = [
    { type: 'document', source },
    { type: 'resource', resource },
    { text: 'Which?' },
  ];

  expect(toUserContent(content)).toEqual([
    { type: 'text', text: 'Of roses.' },
    { type: 'text', text: 'Of tulips.' },
    { type: 'text', text: 'Which?' },
  ]);
});

test('a tool result names its pictures, wherever they are, and shows all else', () => {
  const picture = { type: 'image', data, mimeType: 'image/png' };
  const said = { type: 'text', text: 'Here is the page.' };
  const contentOf = (message: JsonValue): string | undefined => toolUseOf(message).outcome?.content;

  expect(contentOf({ result: { content: [said, picture], pages: [{ shot: picture }] } })).toBe(
    JSON.stringify({ content: [said, '[image]'], pages: [{ shot: '[image]' }] }),
  );
  expect(contentOf({ result: picture, error: 'late' })).toBe(
    '{"error":"late","details":"[image]"}',
  );
  expect(contentOf({ result: [linked] })).toBe(JSON.stringify([linked]));
});
