import { describe, expect, test } from 'vitest';

import { isOverlapOf, isPartOf } from '../../../src/domain/usage-unit.ts';

describe('isPartOf', () => {
  test.each([
    ['cacheReadTokens', 'inputTokens'],
    ['cacheAudioReadTokens', 'cacheReadTokens'],
    ['cacheAudioReadTokens', 'inputAudioTokens'],
    ['cacheWrite1hTokens', 'cacheWriteTokens'],
    ['outputTextReasoningTokens', 'outputReasoningTokens'],
    ['inputAnnotatedDocumentPages', 'inputDocumentPages'],
    ['inputAudioMs', 'audioMs'],
  ] as const)('%s is a part of %s', (part, whole) => {
    expect(isPartOf(part, whole)).toBe(true);
    expect(isPartOf(whole, part)).toBe(false);
  });

  test.each([
    ['cacheReadTokens', 'outputTokens'],
    ['cacheReadTokens', 'cacheWriteTokens'],
    ['webSearches', 'storageSearches'],
    ['inputTextMessages', 'inputTextTokens'],
    ['inputTokens', 'inputTokens'],
  ] as const)('%s is no part of %s', (part, whole) => {
    expect(isPartOf(part, whole)).toBe(false);
  });
});

describe('isOverlapOf', () => {
  test('cached audio is what cached and audio input share', () => {
    expect(isOverlapOf('cacheAudioReadTokens', 'cacheReadTokens', 'inputAudioTokens')).toBe(true);
  });

  test('a unit and its own part do not overlap in a third', () => {
    expect(isOverlapOf('cacheAudioReadTokens', 'cacheReadTokens', 'inputTokens')).toBe(false);
  });
});
