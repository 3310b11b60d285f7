import { describe, expect, test } from 'vitest';

import { audioTokens, fileTokens, imageTokens } from '../../../src/tokens/media-tokens.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

describe('imageTokens', () => {
  // The first three are the examples of OpenAI's own guide.
  test.each([
    [{ width: 1024, height: 1024, detail: 'high' }, 765],
    [{ width: 2048, height: 4096, detail: 'high' }, 1105],
    [{ width: 4096, height: 8192, detail: 'low' }, 85],
    [{ width: 512, height: 512, detail: 'high' }, 255],
    [{ width: 513, height: 500, detail: 'auto' }, 425],
    [{ width: 1, height: 1, detail: null }, 255],
    [{ width: 10_000, height: 10, detail: null }, 765],
  ])('takes %j for %i tokens', (facts, tokens) => {
    expect(imageTokens(facts)).toBe(tokens);
  });

  test.each([
    [null, null],
    [800, null],
    [0, 600],
    [-1, -1],
  ])('takes an image of %s x %s for a square of 1024', (width, height) => {
    expect(imageTokens({ width, height, detail: null })).toBe(765);
  });
});

describe('audioTokens', () => {
  test('takes ten tokens a second', () => {
    expect(audioTokens({ bytes: null, mediaType: '', seconds: 12.34 })).toBe(124);
  });

  test.each([
    ['audio/wav', 48_000, 10],
    ['pcm16', 480_000, 100],
    ['mp3', 160_000, 100],
    ['', 16_000, 10],
  ])('guesses the time of %s from %i bytes', (mediaType, bytes, tokens) => {
    expect(audioTokens({ bytes, mediaType, seconds: null })).toBe(tokens);
  });

  test('takes half a minute when nothing is known', () => {
    expect(audioTokens({ bytes: null, mediaType: 'mp3', seconds: null })).toBe(300);
  });
});

describe('fileTokens', () => {
  test.each([
    ['text/plain', 4_000, 1_000],
    ['application/json', 4_001, 1_001],
    ['application/pdf', 26_000, 1_000],
    ['', 26, 1],
    ['', 0, 0],
  ])('takes %s by its size of %i bytes', (mediaType, bytes, tokens) => {
    expect(fileTokens({ bytes, mediaType, seconds: null })).toBe(tokens);
  });

  test('takes a file of unknown size for a page', () => {
    expect(fileTokens({ bytes: null, mediaType: 'application/pdf', seconds: null })).toBe(2_300);
  });
});

test.each([-5, 0, 1e308, 900_719_925_474_099, Number.NaN])(
  'W-44: audio that is said to play for %d seconds counts like audio of unknown length',
  (duration) => {
    const counter = createTokenCounter({ mode: 'estimate' });
    const tokensOf = (part: object): number => counter.count([part], 'gpt-4o').tokens;
    const unknown = tokensOf({ type: 'audio', url: 'x' });

    expect(tokensOf({ type: 'audio', url: 'x', duration })).toBe(unknown);
    expect(unknown).toBeGreaterThan(0);
  },
);
