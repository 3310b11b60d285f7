import { expect, test } from 'vitest';
import { readEnglishCues } from '../../../../src/memory/search/question-cues.ts';

test.each([
  ['When does my sprint end?', false, 'own'],
  ['What did you recommend for caching?', false, 'other'],
  ['Where did Caroline move from?', false, 'unknown'],
  ['Give me a summary of my project', true, 'either'],
  ['In which order did I bring up the steps, in order?', true, 'own'],
])('readEnglishCues reads "%s"', (question, isBroad, words) => {
  expect(readEnglishCues(question)).toEqual({ isBroad, words });
});
