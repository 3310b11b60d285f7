import { expect, test } from 'vitest';

import { BACKGROUND_TOKENS, NOTE_TOKENS } from '../../../src/domain/segment.ts';
import { backgroundMessage } from '../../../src/memory/background.ts';
import { messageTokens } from '../../../src/memory/message-tokens.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

const TEXT = 'Discussed: the order; the delivery date. Latest answer: it arrives tomorrow.';

test.each([1, 2, 9, 16])(
  'W-48: the figures of a bill for %d summaries are those of the message',
  (count) => {
    const counting = { counter: createTokenCounter(), model: 'gpt-4o' };
    const notes = Array.from({ length: count }, (_, n) => ({
      about: `segment ${n + 1}`,
      text: TEXT,
    }));
    const message = backgroundMessage(notes);
    const texts = count * counting.counter.countText(TEXT, 'gpt-4o');

    expect(messageTokens(message!, counting)).toBe(BACKGROUND_TOKENS + count * NOTE_TOKENS + texts);
  },
);
