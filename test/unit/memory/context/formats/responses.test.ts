import { describe, expect, test } from 'vitest';
import { toResponsesInput } from '../../../../../src/memory/context/formats/responses.ts';
import { MEDIA_MESSAGE, TOOL_TURN } from './sample-messages.ts';

describe('toResponsesInput', () => {
  test('every message is an item of its role', () => {
    expect(
      toResponsesInput([
        { role: 'system', content: 'SYS' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Ho' },
        { role: 'assistant', content: null },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'a' },
            { type: 'refusal', refusal: 'b' },
          ],
        },
      ]),
    ).toEqual([
      { type: 'message', role: 'system', content: 'SYS' },
      { type: 'message', role: 'user', content: 'Hi' },
      { type: 'message', role: 'assistant', content: 'Ho' },
      { type: 'message', role: 'assistant', content: '' },
      { type: 'message', role: 'assistant', content: 'a\nb' },
    ]);
  });

  test('calls and results of tools are items of their own', () => {
    expect(toResponsesInput(TOOL_TURN)).toEqual([
      { type: 'message', role: 'assistant', content: 'Looking' },
      { type: 'function_call', call_id: 'c1', name: 'find', arguments: '{"q":"a"}' },
      { type: 'function_call', call_id: 'c2', name: 'find', arguments: 'not json' },
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
      { type: 'function_call_output', call_id: 'c2', output: '' },
    ]);
  });

  test('an answer that only calls tools says nothing', () => {
    const [answer] = TOOL_TURN;

    expect(toResponsesInput([{ ...answer, content: null } as never])).toHaveLength(2);
  });

  test('media have their place, or a name where there is none', () => {
    expect(toResponsesInput([MEDIA_MESSAGE])).toEqual([
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look' },
          { type: 'input_image', image_url: 'https://x/a.png', detail: 'low' },
          { type: 'input_image', image_url: 'data:image/jpeg;base64,QUJD', detail: 'auto' },
          { type: 'input_text', text: '[audio]' },
          {
            type: 'input_file',
            file_data: 'data:application/pdf;base64,UERG',
            filename: 'a.pdf',
          },
          { type: 'input_file', file_id: 'file-1', filename: 'b.pdf' },
          { type: 'input_text', text: '[file]' },
          { type: 'input_text', text: '[hologram]' },
        ],
      },
    ]);
  });

  test('a file may be an address', () => {
    const part = { type: 'file', file: { file_data: 'https://x/a.pdf' } };

    expect(toResponsesInput([{ role: 'user', content: [part] }])).toEqual([
      {
        type: 'message',
        role: 'user',
        content: [{ type: 'input_file', file_url: 'https://x/a.pdf' }],
      },
    ]);
  });
});
