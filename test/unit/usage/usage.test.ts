import { describe, expect, test } from 'vitest';

import {
  addUsage,
  EMPTY_USAGE,
  findUsageConflict,
  leastTotal,
  parseUsageBuckets,
} from '../../../src/domain/usage.ts';

describe('addUsage', () => {
  test('adds unit by unit and leaves both as they were', () => {
    const left = { inputTokens: 5, cacheReadTokens: 2 };
    const right = { inputTokens: 1, outputTokens: 3 };
    expect(addUsage(left, right)).toEqual({ inputTokens: 6, cacheReadTokens: 2, outputTokens: 3 });
    expect(left).toEqual({ inputTokens: 5, cacheReadTokens: 2 });
  });

  test('takes out again what was added, leaving no zeros behind', () => {
    const sum = addUsage({ inputTokens: 5 }, { inputTokens: 2, webSearches: 1 });
    expect(addUsage(sum, { inputTokens: 2, webSearches: 1 }, -1)).toEqual({ inputTokens: 5 });
    expect(addUsage({ inputTokens: 5 }, { inputTokens: 5 }, -1)).toEqual(EMPTY_USAGE);
  });
});

describe('findUsageConflict', () => {
  test.each([
    { inputTokens: 10, cacheReadTokens: 6, cacheWriteTokens: 4, outputTokens: 3 },
    { outputTokens: 9, outputReasoningTokens: 9 },
    { inputTokens: 10, inputAudioTokens: 10, cacheReadTokens: 10, cacheAudioReadTokens: 10 },
    { cacheReadTokens: 0 },
    {},
  ])('finds none in %j', (usage) => {
    expect(findUsageConflict(usage)).toBeNull();
  });

  test.each([
    ['cacheReadTokens', { inputTokens: 5, cacheReadTokens: 6 }],
    ['outputReasoningTokens', { outputTokens: 5, outputReasoningTokens: 6 }],
    ['cacheAudioReadTokens', { inputTokens: 9, cacheReadTokens: 1, cacheAudioReadTokens: 2 }],
    ['inputTokens', { cacheReadTokens: 1 }],
    ['outputTokens', { outputAudioTokens: 1 }],
    ['inputTokens', { inputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 3 }],
    [
      'cacheWriteTokens',
      { inputTokens: 9, cacheWriteTokens: 5, cacheWrite5mTokens: 3, cacheWrite1hTokens: 3 },
    ],
  ] as const)('names %s in %j', (field, usage) => {
    expect(findUsageConflict(usage)?.field).toBe(field);
  });
});

describe('leastTotal', () => {
  test.each([
    [{}, 0],
    [{ outputReasoningTokens: 5 }, 5],
    [{ outputReasoningTokens: 5, outputTextTokens: 7 }, 7],
    [{ outputReasoningTokens: 5, outputCitationTokens: 3 }, 8],
    [{ outputTextReasoningTokens: 5, outputCitationTokens: 3 }, 8],
  ])('of %o at least so much came out: %d', (usage, least) => {
    expect(leastTotal(usage, 'outputTokens')).toBe(least);
  });
});

describe('parseUsageBuckets', () => {
  test('leaves undefined entries out', () => {
    expect(parseUsageBuckets({ inputTokens: 4, cacheReadTokens: undefined })).toEqual({
      inputTokens: 4,
    });
  });

  test.each([
    ['usage.inputTokens', { inputTokens: 1.5 }],
    ['usage.inputTokens', { inputTokens: -1 }],
    ['usage.outputTokens', { outputTokens: '3' }],
    ['usage.<key 0>', { tokens: 3 }],
    ['usage.cacheReadTokens', { inputTokens: 1, cacheReadTokens: 2 }],
    ['usage', null],
    ['usage', [1]],
  ])('C-55: names %s when it refuses %j', (field, value) => {
    expect(() => parseUsageBuckets(value)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }),
    );
  });
});
