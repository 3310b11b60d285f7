import { describe, expect, test } from 'vitest';
import { toAiSdkPrompt } from '../../../../../src/memory/context/formats/ai-sdk.ts';
import { MEDIA_MESSAGE, TOOL_TURN } from './sample-messages.ts';

describe('toAiSdkPrompt', () => {
  test('the first message of the system is the instructions, later ones are messages of the user', () => {
    expect(
      toAiSdkPrompt([
        { role: 'system', content: 'SYS' },
        { role: 'system', content: 'BLOCK' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Ho' },
      ]),
    ).toEqual({
      system: 'SYS',
      messages: [
        { role: 'user', content: 'BLOCK' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Ho' },
      ],
    });
  });

  test('blank text is left out, and a user begins', () => {
    const prompt = toAiSdkPrompt([
      { role: 'system', content: ' ' },
      { role: 'user', content: '' },
      { role: 'assistant', content: 'Ho' },
      { role: 'assistant', content: null },
      { role: 'assistant', content: '  ' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '\n' },
          { type: 'image_url', image_url: 'https://x/a.png' },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: '' }] },
    ]);

    expect(prompt).toStrictEqual({
      messages: [
        { role: 'user', content: '[conversation continues]' },
        { role: 'assistant', content: 'Ho' },
        { role: 'user', content: [{ type: 'image', image: 'https://x/a.png' }] },
      ],
    });
  });

  test('nothing comes to nothing', () => {
    expect(toAiSdkPrompt([])).toStrictEqual({ messages: [] });
  });

  test('calls are parts of an answer, results one message of tools', () => {
    expect(toAiSdkPrompt(TOOL_TURN)).toStrictEqual({
      messages: [
        { role: 'user', content: '[conversation continues]' },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Looking' },
            { type: 'tool-call', toolCallId: 'c1', toolName: 'find', input: { q: 'a' } },
            {
              type: 'tool-call',
              toolCallId: 'c2',
              toolName: 'find',
              input: { input: 'not json' },
            },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'c1',
              toolName: 'find',
              output: { type: 'text', value: 'one' },
            },
            {
              type: 'tool-result',
              toolCallId: 'c2',
              toolName: 'find',
              output: { type: 'text', value: '' },
            },
          ],
        },
      ],
    });
  });

  test('media have their place, or a name where there is none', () => {
    expect(toAiSdkPrompt([MEDIA_MESSAGE]).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image', image: 'https://x/a.png' },
          { type: 'image', image: 'QUJD', mediaType: 'image/jpeg' },
          { type: 'file', data: 'U05E', mediaType: 'audio/mpeg' },
          { type: 'file', data: 'UERG', mediaType: 'application/pdf', filename: 'a.pdf' },
          { type: 'text', text: '[file b.pdf]' },
          { type: 'text', text: '[file]' },
          { type: 'text', text: '[hologram]' },
        ],
      },
    ]);
  });

  test.each(['data:;base64,QUJD', 'data:text/plain;charset=utf-8;base64,QUJD'])(
    'reads the type of a data URL: %s',
    (url) => {
      const content = [{ type: 'image_url', image_url: url }];
      const [message] = toAiSdkPrompt([{ role: 'user', content }]).messages;

      expect(message?.content).toEqual([
        {
          type: 'image',
          image: 'QUJD',
          mediaType: url.includes('text') ? 'text/plain' : 'image/png',
        },
      ]);
    },
  );

  test('parts without their fields are named', () => {
    const content = [{ type: 'image_url' }, { type: 'input_audio', input_audio: {} }];

    expect(toAiSdkPrompt([{ role: 'user', content }]).messages[0]?.content).toEqual([
      { type: 'text', text: '[image_url]' },
      { type: 'text', text: '[input_audio]' },
    ]);
  });
});
