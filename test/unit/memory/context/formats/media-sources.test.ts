import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../../../src/memory/chat-message.ts';
import { toAiSdkPrompt } from '../../../../../src/memory/context/formats/ai-sdk.ts';
import { toAnthropicPrompt } from '../../../../../src/memory/context/formats/anthropic.ts';
import { toResponsesInput } from '../../../../../src/memory/context/formats/responses.ts';

/** What one part becomes in each format. */
function converted(part: { readonly type: string }): readonly unknown[] {
  const messages: readonly ChatMessage[] = [{ role: 'user', content: [part] }];
  const prompts = [
    toAnthropicPrompt(messages, { markForCache: false }).messages[0],
    toAiSdkPrompt(messages).messages[0],
    toResponsesInput(messages)[0],
  ];
  return prompts.map((message) => (message as { readonly content: readonly unknown[] }).content[0]);
}

function anImage(url: string): { readonly type: string } {
  return { type: 'image_url', image_url: { url } } as { readonly type: string };
}

function aFile(file: { readonly [name: string]: string }): { readonly type: string } {
  return { type: 'file', file } as { readonly type: string };
}

const TEXT = 'aGVsbG8=';

describe('media in the formats of providers', () => {
  test('a picture whose data URL is no base64 is sent as base64', () => {
    expect(converted(anImage('data:image/png,%89PNG%0d'))).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0=' } },
      { type: 'image', image: 'iVBORw0=', mediaType: 'image/png' },
      { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0=', detail: 'auto' },
    ]);
  });

  test.each([
    'data:image/png; base64,iVBORw0=',
    'data:image/png ;BASE64,iVBORw0=',
    ' data:image/png;base64,iVBORw0=',
    'data:image/png;name="a,b;base64,.png";base64,iVBORw0=',
    `data:image/png;name=${'%E5%A4%A9'.repeat(40)};base64,iVBORw0=`,
  ])('a data URL is read in every form: %s', (url) => {
    const image = { type: 'image', image: 'iVBORw0=', mediaType: 'image/png' };
    expect(converted(anImage(url))[1]).toEqual(image);
  });

  test('a text that mentions base64 is text', () => {
    const data = Buffer.from('a;base64,b%').toString('base64');
    const image = { type: 'image', image: data, mediaType: 'text/plain' };
    expect(converted(anImage('data:text/plain;charset=utf-8,a;base64,b%'))[1]).toEqual(image);
  });

  test('text parts of other interfaces are text', () => {
    const part = { type: 'input_text', text: 'hello' } as { readonly type: string };
    expect(converted(part)).toEqual([
      { type: 'text', text: 'hello' },
      { type: 'text', text: 'hello' },
      { type: 'input_text', text: 'hello' },
    ]);
  });

  test('percent codes in base64 are what they stand for', () => {
    expect(converted(anImage('data:image/png;base64,iVBORw0%3D'))[1]).toEqual({
      type: 'image',
      image: 'iVBORw0=',
      mediaType: 'image/png',
    });
  });

  test.each(['blob:https://x/1', 'file:///a.png', 'a.png', 'data:image/png'])(
    'a picture that no provider can fetch is named: %s',
    (url) => {
      expect(converted(anImage(url))).toEqual([
        { type: 'text', text: '[image]' },
        { type: 'text', text: '[image]' },
        { type: 'input_text', text: '[image]' },
      ]);
    },
  );

  test.each([
    ['whose URL says so', { file_data: 'data:text/plain,hello', filename: 'a.txt' }],
    ['by its name', { file_data: TEXT, filename: 'a.txt' }],
    ['whose URL says nothing', { file_data: 'data:,hello', filename: 'a.txt' }],
  ])('a text does not pass as a PDF: one %s', (_name, file) => {
    expect(converted(aFile(file))).toEqual([
      { type: 'text', text: '[file a.txt]' },
      { type: 'file', data: TEXT, mediaType: 'text/plain', filename: 'a.txt' },
      {
        type: 'input_file',
        file_data: `data:text/plain;base64,${TEXT}`,
        filename: 'a.txt',
      },
    ]);
  });

  test('a file at an address is of the type that its name says', () => {
    const url = 'https://x/notes.txt?v=2';
    expect(converted(aFile({ file_data: url }))).toEqual([
      { type: 'text', text: '[file]' },
      { type: 'file', data: url, mediaType: 'text/plain' },
      { type: 'input_file', file_url: url },
    ]);
    const script = 'https://x/report.php';
    expect(converted(aFile({ file_data: script }))[0]).toEqual({
      type: 'document',
      source: { type: 'url', url: script },
    });
  });

  test('a file that no provider can fetch is named', () => {
    const named = '[file a.pdf]';
    expect(converted(aFile({ file_data: 'file:///a.pdf', filename: 'a.pdf' }))).toEqual([
      { type: 'text', text: named },
      { type: 'text', text: named },
      { type: 'input_text', text: named },
    ]);
  });

  test('sound in a data URL is its data', () => {
    const sound = { data: 'data:audio/wav;base64,U05E', format: 'wav' };
    const part = { type: 'input_audio', input_audio: sound } as { readonly type: string };
    expect(converted(part)[1]).toEqual({ type: 'file', data: 'U05E', mediaType: 'audio/wav' });
  });
});
