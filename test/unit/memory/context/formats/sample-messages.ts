import type { ChatMessage } from '../../../../../src/memory/chat-message.ts';

/** An answer that calls a tool twice, once with arguments that are no JSON, and what came of it. */
export const TOOL_TURN: readonly ChatMessage[] = [
  {
    role: 'assistant',
    content: 'Looking',
    tool_calls: [
      { id: 'c1', type: 'function', function: { name: 'find', arguments: '{"q":"a"}' } },
      { id: 'c2', type: 'function', function: { name: 'find', arguments: 'not json' } },
    ],
  },
  { role: 'tool', tool_call_id: 'c1', name: 'find', content: 'one' },
  { role: 'tool', tool_call_id: 'c2', name: 'find', content: '' },
];

/** A message with every kind of part. */
export const MEDIA_MESSAGE: ChatMessage = {
  role: 'user',
  content: [
    { type: 'text', text: 'Look' },
    { type: 'image_url', image_url: { url: 'https://x/a.png', detail: 'low' } },
    { type: 'image_url', image_url: { url: 'data:image/JPEG;base64,QUJD' } },
    { type: 'input_audio', input_audio: { data: 'U05E', format: 'mp3' } },
    { type: 'file', file: { file_data: 'UERG', filename: 'a.pdf' } },
    { type: 'file', file: { file_id: 'file-1', filename: 'b.pdf' } },
    { type: 'file', file: {} },
    { type: 'hologram' },
  ],
};
