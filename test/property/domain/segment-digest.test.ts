import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  extractiveSummary,
  MAX_TOPIC_LENGTH,
  MAX_TOPICS,
  MIN_TOPIC_LENGTH,
  withOtherMessage,
  withUserMessage,
} from '../../../src/domain/segment-digest.ts';
import { openSegment, type SegmentDigest } from '../../../src/domain/segment.ts';

const words = fc.constantFrom('?', '？', '.', '。', '\n', ' ', '🧵', 'word', '質問', '\u{10ffff}');
const texts = fc
  .array(fc.oneof(words, fc.string({ unit: 'grapheme', maxLength: 6 })), { maxLength: 80 })
  .map((parts) => parts.join(''));
const talks = fc.array(fc.record({ isUser: fc.boolean(), text: texts }), { maxLength: 20 });

function digestOf(
  talk: readonly { readonly isUser: boolean; readonly text: string }[],
): SegmentDigest {
  return talk.reduce<SegmentDigest>(
    (digest, { isUser, text }) =>
      isUser ? withUserMessage(digest, text) : withOtherMessage(digest, text),
    openSegment(1, 2).digest,
  );
}

describe('the digest of any talk', () => {
  test('C-124: is bounded and counts everything', () => {
    fc.assert(
      fc.property(talks, (talk) => {
        const digest = digestOf(talk);
        expect(digest.userMessages + digest.otherMessages).toBe(talk.length);
        expect(digest.topics).toHaveLength(Math.min(MAX_TOPICS, digest.topicCount));
        for (const topic of digest.topics) {
          const length = Array.from(topic).length;
          expect(length).toBeGreaterThanOrEqual(MIN_TOPIC_LENGTH);
          expect(length).toBeLessThanOrEqual(MAX_TOPIC_LENGTH);
          expect(talk.some(({ isUser, text }) => isUser && text.includes(topic))).toBe(true);
        }
        expect(extractiveSummary(digest).length).toBeLessThan(800);
      }),
    );
  });

  test('C-124: makes a summary of whole characters and never an empty one', () => {
    fc.assert(
      fc.property(talks, (talk) => {
        const summary = extractiveSummary(digestOf(talk));
        expect(summary).toMatch(/^(?:User discussed: |Conversation with )/);
        expect(/\p{Surrogate}/u.test(summary)).toBe(false);
      }),
    );
  });

  test('C-124: depends on the messages of one kind in their order alone', () => {
    fc.assert(
      fc.property(talks, (talk) => {
        const users = talk.filter(({ isUser }) => isUser);
        const others = talk.filter(({ isUser }) => !isUser);
        expect(digestOf([...others, ...users])).toEqual(digestOf(talk));
      }),
    );
  });
});
