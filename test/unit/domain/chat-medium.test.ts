import { describe, expect, test } from 'vitest';
import { chatMediumOf } from '../../../src/domain/chat-medium.ts';
import { type JsonObject, type JsonValue, toText } from '../../../src/domain/json.ts';
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
    const { name, address } = chatMediumOf(given) ?? {};
    const words = { type: 'text', text: address === null ? `[${name}]` : `[${name} ${address}]` };
    expect(toUserContent([{ type: 'text', text: 'Look' }, given])).toEqual([
      { type: 'text', text: 'Look' },
      expected ?? words,
    ]);
    expect(JSON.stringify(toAnswerContent([given]))).not.toContain(data);
    const said = messageText({ message: [given] });
    expect(said).toMatch(/^\[(image|audio|file)( a\.pdf)?\]$/);
    expect(toUserContent({ content: given as JsonObject })).toEqual([expected ?? words]);
  });

  test.each([
    [{ type: 'image' }],
    [{ type: 'image', title: 'A rose' }],
    [{ type: 'file', data: 'What the file says, which a tool has read.' }],
    [{ type: 'file', data: '{"a":1}', mimeType: 'application/json' }],
    [{ type: 'file', data: 'words '.repeat(50), mimeType: 'text/plain' }],
    [{ type: 'file', url: '/api/files/1', mediaType: 'image/png' }],
    [{ type: 'image', mimeType: 'image/svg+xml', data: '<svg><circle r="7"/></svg>' }],
    [{ type: 'image', mimeType: 'image/png', url: '/uploads/cat.png', note: 'crop to the face' }],
    [{ type: 'document', title: 'Reset', url: '/help/'.repeat(20), body: 'Open settings.' }],
    [{ type: 'file', file: { name: 'auth.ts', content: 'export const isAdmin = () => true;' } }],
    [{ type: 'image_url', image_url: { uri: 'https-less' } }],
    [{ type: 'input_audio', input_audio: { transcript: 'Good morning.' } }],
    [{ type: 'image', image: 'a3f'.repeat(22).slice(0, 64) }],
    [{ data }],
    ['image'],
    [null],
  ])('leaves %j as it is', (value) => {
    expect(chatMediumOf(value)).toBeNull();
    expect(withoutData({ result: value })).toEqual({ result: value });
  });
});

test('data in lines are sent in one', () => {
  const inLines = png.replaceAll(/.{76}/g, '$&\r\n');
  expect(chatMediumOf({ type: 'image', image: inLines })?.part).toEqual(image);
  expect(chatMediumOf({ type: 'file', data: inLines, mediaType: 'image/png' })?.part).toEqual(
    image,
  );
});

test('what a provider signed is no word of the caller', () => {
  const part = { inlineData: { mimeType: 'image/png', data }, thoughtSignature: 'c2lnbmVk' };
  expect(toAnswerContent([part])).toEqual([{ type: 'text', text: '[image]' }]);
});

test('documents and resources that are text are text, with what is said of them', () => {
  const source = { type: 'text', media_type: 'text/plain', data: 'Of roses.' };
  const resource = { uri: 'file:///a.txt', text: 'Of tulips.' };
  const content = [
    { type: 'document', source, title: 'Roses', context: 'Of Anna.' },
    { type: 'resource', resource },
    { text: 'Which?' },
  ];

  expect(toUserContent(content)).toEqual([
    { type: 'text', text: 'Roses\nOf Anna.\nOf roses.' },
    { type: 'text', text: 'file:///a.txt\nOf tulips.' },
    { type: 'text', text: 'Which?' },
  ]);
});

test('says where media are that a reader has no place for, and what they are called', () => {
  const document = { type: 'document', title: 'Offer A', source: { type: 'url', url: link } };
  const file = { type: 'input_file', filename: 'b.pdf', file_url: link };

  expect(toUserContent([document, file])).toEqual([
    { type: 'text', text: `[file Offer A ${link}]` },
    { type: 'text', text: `[file b.pdf ${link}]` },
  ]);
  expect(toAnswerContent([{ type: 'image', url: link }])).toEqual([
    { type: 'text', text: `[image ${link}]` },
  ]);
  expect(messageText({ message: [document, { type: 'refusal', refusal: 'No.' }] })).toBe(
    '[file Offer A]\nNo.',
  );
});

test('sends a picture also where the caller has words of its own beside it, and says those', () => {
  const noted = { type: 'image', data, mimeType: 'image/png', caption: 'Error: disk full' };
  const sized = { type: 'image', image: data, mediaType: 'image/png', width: 800, alt: '' };

  expect(toUserContent([noted, sized])).toEqual([
    image,
    { type: 'text', text: JSON.stringify({ ...noted, data: '[image]' }) },
    image,
  ]);
  expect(toAnswerContent([{ type: 'image', url: link, prompt: 'a cat' }])).toEqual([
    { type: 'text', text: JSON.stringify({ type: 'image', url: link, prompt: 'a cat' }) },
  ]);
});

test('tells the type of a picture by its beginning where none is named, and joins lines of base64', () => {
  const jpeg = `/9j/${'4AAQ'.repeat(30)}`;
  const lines = `${jpeg.slice(0, 76)}\n${jpeg.slice(76)}\n`;
  const url = { url: `data:image/jpeg;base64,${jpeg}` };

  expect(chatMediumOf({ type: 'image', image: jpeg })?.part).toHaveProperty('image_url', url);
  expect(chatMediumOf({ type: 'image', image: lines, mediaType: 'image/*' })?.part).toHaveProperty(
    'image_url',
    url,
  );
});

describe('a tool result', () => {
  const picture = { type: 'image', data, mimeType: 'image/png' };
  const contentOf = (message: JsonValue): string | undefined => toolUseOf(message).outcome?.content;

  test('names its pictures, wherever they are, and says all else', () => {
    const said = { type: 'text', text: 'Here is the page.' };
    const shown = { ...picture, data: '[image]' };

    expect(contentOf({ result: { content: [said, picture], pages: [{ shot: picture }] } })).toBe(
      JSON.stringify({ content: [said, shown], pages: [{ shot: shown }] }),
    );
    expect(contentOf({ result: picture, error: 'late' })).toBe(
      JSON.stringify({ error: 'late', details: shown }),
    );
    expect(contentOf({ result: { shot: png, images: [{ b64_json: data }] } })).toBe(
      '{"shot":"[image]","images":[{"b64_json":"[image]"}]}',
    );
    expect(contentOf({ result: { base64: data, mediaType: 'image/png' } })).toBe(
      '{"base64":"[image]","mediaType":"image/png"}',
    );
    const file = { mediaType: 'image/png' };
    const held = { base64Data: data, uint8ArrayData: data, uint8Array: data };
    expect(contentOf({ result: { ...file, ...held } })).toBe(
      '{"mediaType":"image/png","base64Data":"[image]","uint8ArrayData":"[image]","uint8Array":"[image]"}',
    );
    expect(contentOf({ result: held })).toBe(JSON.stringify(held));
    expect(contentOf({ result: png })).toBe('[image]');
    expect(contentOf({ result: { blob: `${data.slice(0, 76)}\n${data.slice(76)}\n` } })).toBe(
      '{"blob":"[file]"}',
    );
    expect(contentOf({ result: { type: 'input_audio', input_audio: sound.input_audio } })).toBe(
      '{"type":"input_audio","input_audio":{"data":"[audio]","format":"mp3"}}',
    );
  });

  test('keeps what only looks like data: paths, words, digests, and texts of files', () => {
    const path = '/reports/quarter'.repeat(30);
    const results: readonly JsonValue[] = [
      [linked, { type: 'image', id: 17, title: 'Hero', mimeType: 'image/jpeg', url: path }],
      { type: 'document', title: 'Invoice', text: 'Total due 4711 EUR. '.repeat(20) },
      { type: 'resource', resource: { uri: path, mimeType: 'text/plain', text: path } },
      { digest: 'ab12'.repeat(100), data: 'ab12'.repeat(100) },
      { format: 'hex', data: 'ab12'.repeat(100) },
      `${png}\n\nTotal due: 4711 EUR`,
      { type: 'file', data: 'What the file says. '.repeat(20), mimeType: 'text/plain' },
    ];
    for (const result of results) expect(contentOf({ result })).toBe(toText(result));
  });

  test('keeps what is said beside data', () => {
    const result = { type: 'document', title: 'Invoice 7', text: 'Total due 4711 EUR', data };
    expect(contentOf({ result })).toBe(JSON.stringify({ ...result, data: '[file]' }));
  });
});
