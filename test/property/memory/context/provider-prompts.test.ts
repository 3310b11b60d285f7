import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toAiSdkPrompt } from '../../../../src/memory/context/formats/ai-sdk.ts';
import { toAnthropicPrompt } from '../../../../src/memory/context/formats/anthropic.ts';
import { renderEvents } from '../../../../src/memory/chat-message.ts';
import { histories } from '../histories.ts';

/** What a content says; of parts, those that are texts. */
function textsOf(content: string | readonly object[]): readonly string[] {
  if (typeof content === 'string') return [content];
  return content.flatMap((part) => ('text' in part ? [String(part.text)] : []));
}

describe.each([
  ['toAiSdkPrompt', toAiSdkPrompt],
  ['toAnthropicPrompt', toAnthropicPrompt],
])('%s', (_, convert) => {
  test('sends no blank text, no message without content, and lets a user begin, whatever was recorded', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const { messages, system = [] } = convert(renderEvents(events));
        const contents = messages.map(({ content }) => content);
        expect(messages.slice(0, 1).every(({ role }) => role === 'user')).toBe(true);
        expect(contents.filter((content) => content.length === 0)).toEqual([]);
        const texts = [system, ...contents].flatMap(textsOf);
        expect(texts.filter((text) => text.trim() === '')).toEqual([]);
      }),
    );
  });
});
