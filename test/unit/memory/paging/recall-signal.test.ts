import { describe, expect, test } from 'vitest';
import { createRecallDetector } from '../../../../src/memory/paging/recall-signal.ts';

const isRecall = createRecallDetector();

describe('createRecallDetector', () => {
  test.each([
    'What did we decide about the DB?',
    'as we speak',
    'As we discussed, use Redis',
    'you said so',
    'You mentioned a library',
    'What you suggested, and what you recommended',
    'Remind me about redis',
    'please refresh my memory',
    'Remember when the build broke?',
    "Let's go back to the first plan",
    'I revisited it',
    'revisited',
    'return to the topic',
    'the point from earlier',
    'We said previously that',
    'Use that approach for caching',
    'that decision about the schema',
    'Have I ever fixed this bug?',
  ])('V18: M-156: M-W54: hears a wish to recall in "%s"', (message) => {
    expect(isRecall(message)).toBe(true);
  });

  test.each([
    '',
    'How do I sort a list?',
    'Configure nginx for me',
    'Hello there!',
    'basics',
    'that plan',
    'last week was we',
    'Easy as weather',
    'earlierish',
  ])('V18: M-157: M-W54: hears none in "%s"', (message) => {
    expect(isRecall(message)).toBe(false);
  });

  test('V18: M-W54: spaces, punctuation, case and apostrophes make no difference', () => {
    const detect = createRecallDetector(["don't you recall"]);

    expect(isRecall('You  said')).toBe(true);
    expect(isRecall('REMIND,\n me')).toBe(true);
    expect(detect('Don’t you  recall?')).toBe(true);
  });

  test('M-156: phrases of one’s own replace the English ones', () => {
    const german = createRecallDetector(['erinner* mich|dich', 'wie besprochen']);

    expect(german('Erinnere mich an den Plan')).toBe(true);
    expect(german('Wie besprochen!')).toBe(true);
    expect(german('remind me')).toBe(false);
    expect(createRecallDetector([''])('anything')).toBe(false);
  });
});
