import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../../../src/memory/chat-message.ts';
import {
  type AnthropicPrompt,
  toAnthropicPrompt,
} from '../../../../../src/memory/context/formats/anthropic.ts';
import { MEDIA_MESSAGE, TOOL_TURN } from './sample-messages.ts';

const BLOCK = '<VM:CONTEXT>\nU (a): "x"\n</VM:CONTEXT>';
const MANIFEST = '<VM:MANIFEST_JSON>\n{}\n</VM:MANIFEST_JSON>';

function plain(messages: readonly ChatMessage[]): AnthropicPrompt {
  return toAnthropicPrompt(messages, { markForCache: false });
}

/** The texts and ids of all blocks that end a cached part. */
function marked(prompt: AnthropicPrompt): readonly unknown[] {
  return [...prompt.system, ...prompt.messages.flatMap(({ content }) => content)]
    .filter((block) => block.cache_control?.type === 'ephemeral')
    .map((block) => ('text' in block ? block.text : block.type));
}

describe('toAnthropicPrompt', () => {
  test('what the system says first is the instructions, what it says later is text of the user', () => {
    const prompt = plain([
      { role: 'system', content: 'SYS' },
      { role: 'system', content: BLOCK },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Ho' },
      { role: 'system', content: MANIFEST },
      { role: 'user', content: 'Why?' },
    ]);

    expect(prompt.system).toEqual([
      { type: 'text', text: 'SYS' },
      { type: 'text', text: BLOCK },
    ]);
    expect(prompt.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Ho' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: MANIFEST },
          { type: 'text', text: 'Why?' },
        ],
      },
    ]);
  });

  test('calls and results of tools are blocks, all results of an answer in one message', () => {
    expect(plain([{ role: 'user', content: 'Go' }, ...TOOL_TURN]).messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Looking' },
          { type: 'tool_use', id: 'c1', name: 'find', input: { q: 'a' } },
          { type: 'tool_use', id: 'c2', name: 'find', input: { input: 'not json' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c1', content: 'one' },
          { type: 'tool_result', tool_use_id: 'c2', content: '' },
        ],
      },
    ]);
  });

  test('media have their place, or a name where there is none', () => {
    expect(plain([MEDIA_MESSAGE]).messages[0]?.content).toEqual([
      { type: 'text', text: 'Look' },
      { type: 'image', source: { type: 'url', url: 'https://x/a.png' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'QUJD' } },
      { type: 'text', text: '[audio]' },
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'UERG' },
        title: 'a.pdf',
      },
      { type: 'text', text: '[file b.pdf]' },
      { type: 'text', text: '[file]' },
      { type: 'text', text: '[hologram]' },
    ]);
  });

  test('a picture that came as a file is a picture', () => {
    const part = { type: 'file', file: { file_data: 'data:image/png;base64,QUJD' } };

    expect(plain([{ role: 'user', content: [part] }]).messages[0]?.content).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QUJD' } },
    ]);
  });

  test('a picture of a kind that the interface refuses is named', () => {
    const data = (type: string): string => `data:image/${type};base64,QUJD`;
    const content = [
      { type: 'image_url', image_url: { url: data('svg+xml') } },
      { type: 'file', file: { file_data: data('tiff'), filename: 'a.tiff' } },
      { type: 'image_url', image_url: { url: data('jpg') } },
    ];

    expect(plain([{ role: 'user', content }]).messages[0]?.content).toEqual([
      { type: 'text', text: '[image]' },
      { type: 'text', text: '[file a.tiff]' },
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'QUJD' } },
    ]);
  });

  test('blank text is left out, and the user begins', () => {
    const prompt = plain([
      { role: 'user', content: ' ' },
      { role: 'assistant', content: 'Ho' },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No' }] },
    ]);

    expect(prompt.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: '[conversation continues]' }] },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Ho' },
          { type: 'text', text: 'No' },
        ],
      },
    ]);
  });

  test('nothing comes to nothing', () => {
    expect(toAnthropicPrompt([])).toEqual({ system: [], messages: [] });
  });
});

describe('toAnthropicPrompt marks for the cache', () => {
  const CONTEXT: readonly ChatMessage[] = [
    { role: 'system', content: 'SYS' },
    { role: 'system', content: BLOCK },
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Ho' },
    { role: 'system', content: MANIFEST },
    { role: 'user', content: 'Why?' },
  ];

  test('instructions, first block, and the turn before the manifest', () => {
    expect(marked(toAnthropicPrompt(CONTEXT))).toEqual(['SYS', BLOCK, 'Ho']);
  });

  test('and the end while tools are called', () => {
    expect(marked(toAnthropicPrompt([...CONTEXT, ...TOOL_TURN]))).toEqual([
      'SYS',
      BLOCK,
      'Ho',
      'tool_result',
    ]);
  });

  test('a mark is of one block alone, so that a caller may change it', () => {
    const { system } = toAnthropicPrompt(CONTEXT);

    expect(system[0]?.cache_control).toEqual(system[1]?.cache_control);
    expect(system[0]?.cache_control).not.toBe(system[1]?.cache_control);
  });

  test('what is there twice is marked once', () => {
    expect(marked(toAnthropicPrompt([...CONTEXT.slice(0, 1), ...CONTEXT.slice(-2)]))).toEqual([
      'SYS',
    ]);
    expect(marked(toAnthropicPrompt(CONTEXT, { markForCache: false }))).toEqual([]);
  });
});
