import { describe, expect, test } from 'vitest';

import {
  extractiveSummary,
  MAX_TOPIC_LENGTH,
  withOtherMessage,
  withUserMessage,
} from '../../../src/domain/segment-digest.ts';
import { openSegment, type SegmentDigest } from '../../../src/domain/segment.ts';

/** The digest of a talk: user messages as they are, answers in brackets. */
function digestOf(...messages: readonly string[]): SegmentDigest {
  return messages.reduce<SegmentDigest>(
    (digest, text) =>
      text.startsWith('[')
        ? withOtherMessage(digest, text.slice(1, -1))
        : withUserMessage(digest, text),
    openSegment(1, 2).digest,
  );
}

function summaryOf(...messages: readonly string[]): string {
  return extractiveSummary(digestOf(...messages));
}

describe('extractiveSummary', () => {
  test('C-124: names the questions of the user', () => {
    expect(
      summaryOf('How do refunds work?', 'Where is my parcel now?', 'Can I change the address?'),
    ).toBe('User discussed: How do refunds work; Where is my parcel now; Can I change the address');
  });

  test('C-124: counts the questions beyond the third', () => {
    const three = ['How do refunds work?', 'Where is my parcel?', 'Can I change it later?'];
    expect(summaryOf(...three, 'What does express cost?')).toMatch(/ and 1 other topic$/);
    expect(summaryOf(...three, 'What does it cost?', 'When do you open?')).toMatch(
      / and 2 other topics$/,
    );
  });

  test('C-124: counts messages when no question was asked', () => {
    expect(summaryOf('hello', 'thanks')).toBe('Conversation with 2 user messages and 0 responses');
    expect(extractiveSummary(openSegment(1, 2).digest)).toBe(
      'Conversation with 0 user messages and 0 responses',
    );
  });

  test('C-124: a question of ten characters is no topic, one of eleven is', () => {
    expect(summaryOf('0123456789?')).toBe('Conversation with 1 user messages and 0 responses');
    expect(summaryOf('0123456789x?')).toBe('User discussed: 0123456789x');
  });

  test('W-31: takes the sentence that asks, not the ones before it', () => {
    expect(summaryOf('I ordered on Monday.\nI paid too! Where is my parcel now? Thanks.')).toBe(
      'User discussed: Where is my parcel now',
    );
  });

  test('W-31: keeps the words before a full stop inside a number', () => {
    expect(summaryOf('Is it fixed in version 2.5?')).toBe(
      'User discussed: Is it fixed in version 2.5',
    );
  });

  test('W-31: ends with the latest answer', () => {
    expect(summaryOf('hi', '[first]', 'What about the refund?', '[ You get it back. ]')).toBe(
      'User discussed: What about the refund. Latest answer: You get it back.',
    );
    expect(summaryOf('hi', '[hello]')).toBe(
      'Conversation with 1 user messages and 1 responses. Latest answer: hello',
    );
  });

  test('W-31: an empty latest answer is not shown', () => {
    expect(summaryOf('hi', '[hello]', '[  ]')).toBe(
      'Conversation with 1 user messages and 2 responses',
    );
  });
});

describe('withUserMessage', () => {
  test('C-124: shortens a topic to fifty characters', () => {
    const question = `${'long '.repeat(30)}question?`;
    const [topic] = digestOf(question).topics;
    expect(topic).toBe(question.slice(0, MAX_TOPIC_LENGTH));
  });

  test.each([
    ['full-width', '部署为什么在昨天晚上突然失败了？', '部署为什么在昨天晚上突然失败了'],
    ['after a CJK full stop', '你好。部署为什么在昨天晚上失败了？', '部署为什么在昨天晚上失败了'],
    ['Arabic', 'كيف يعمل استرداد المبلغ؟', 'كيف يعمل استرداد المبلغ'],
    ['Ethiopic', 'ይህ እንዴት ነው የሚሰራው፧', 'ይህ እንዴት ነው የሚሰራው'],
  ])('C-124: knows a question mark that is %s', (_name, text, topic) => {
    expect(digestOf(text).topics).toEqual([topic]);
  });

  test('C-124: never cuts a character of two units in half', () => {
    const digest = digestOf(`a${'🧵'.repeat(80)}?`, `[${'🧵'.repeat(200)}]`);
    expect(digest.topics[0]).toBe(`a${'🧵'.repeat(49)}`);
    expect(digest.latestAnswer).toBe('🧵'.repeat(160));
  });

  test('C-124: looks back so far and no further, and cuts no character there either', () => {
    const [topic] = digestOf(`${'🧵'.repeat(501)}a?`).topics;
    expect(topic).toBe('🧵'.repeat(MAX_TOPIC_LENGTH));
    const far = `Where is it ${'x'.repeat(2000)}?`;
    expect(digestOf(far).topics).toEqual(['x'.repeat(MAX_TOPIC_LENGTH)]);
  });

  test('C-124: ten emoji are as short as ten letters', () => {
    expect(digestOf(`${'🧵'.repeat(10)}?`).topics).toEqual([]);
    expect(digestOf(`${'🧵'.repeat(11)}?`).topics).toHaveLength(1);
  });

  test('keeps three topics and counts all', () => {
    const digest = digestOf(...Array.from({ length: 9 }, (_, n) => `Is this question ${n}?`));
    expect(digest.topics).toEqual([
      'Is this question 0',
      'Is this question 1',
      'Is this question 2',
    ]);
    expect([digest.topicCount, digest.userMessages]).toEqual([9, 9]);
  });

  test('takes half a megabyte of text in its stride', () => {
    const digest = digestOf(`${'word. '.repeat(100_000)}Is this the question at the end?`);
    expect(digest.topics).toEqual(['Is this the question at the end']);
  });
});
