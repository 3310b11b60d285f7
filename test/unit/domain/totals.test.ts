import { describe, expect, test } from 'vitest';

import { EVENT_SOURCES, EVENT_TYPES } from '../../../src/domain/session-event.ts';
import {
  countEvent,
  MAX_MODELS,
  NO_TOTALS,
  OTHER_MODELS,
  type SessionTotals,
  withFigures,
} from '../../../src/domain/totals.ts';
import { deepFreeze } from '../../lib/deep-freeze.ts';
import { aBilling, aUsage, figures } from '../../lib/events.ts';

function add(totals: SessionTotals, ...parts: Parameters<typeof figures>): SessionTotals {
  return withFigures(deepFreeze(totals), figures(...parts), 1);
}

describe('countEvent', () => {
  test('W-66: counts every event once, messages by source, system messages apart', () => {
    let counts = NO_TOTALS.counts;
    for (const type of EVENT_TYPES) {
      for (const source of EVENT_SOURCES) counts = countEvent(deepFreeze(counts), { type, source });
    }
    expect(counts).toEqual({
      events: EVENT_TYPES.length * EVENT_SOURCES.length,
      userMessages: 1,
      aiMessages: 1,
      systemMessages: 1,
      toolCalls: 3,
      summaries: 3,
    });
  });
});

describe('withFigures', () => {
  test('C-51: adds tokens and cost, in all and by model', () => {
    const once = add(NO_TOTALS, aUsage({ promptTokens: 5 }));
    const twice = add(once, aUsage({ promptTokens: 0, completionTokens: 3 }), aBilling());
    expect(twice).toMatchObject({
      promptTokens: 5,
      completionTokens: 3,
      totalTokens: 8,
      billed: { inputTokens: 10, outputTokens: 10 },
      costPico: 120n,
      pricedCalls: 1,
      unpricedCalls: 0,
      models: { small: { promptTokens: 5, completionTokens: 3, totalTokens: 8, costPico: 120n } },
    });
  });

  test('an explicit total counts as it is', () => {
    const totals = add(NO_TOTALS, aUsage({ promptTokens: 5, totalTokens: 99 }));
    expect([totals.promptTokens, totals.totalTokens]).toEqual([5, 99]);
    expect(totals.models['small']?.totalTokens).toBe(99);
  });

  test('usage without a model is in no line', () => {
    const totals = add(NO_TOTALS, aUsage({ model: '' }));
    expect([totals.totalTokens, totals.models]).toEqual([5, {}]);
  });

  test('W-45: a call without a price counts its tokens and says so', () => {
    const totals = add(NO_TOTALS, null, aBilling({ costPico: null, model: 'my-own' }));
    expect(totals).toMatchObject({
      billed: { inputTokens: 10, outputTokens: 10 },
      costPico: 0n,
      pricedCalls: 0,
      unpricedCalls: 1,
      models: {},
    });
  });

  test('W-47: taking out what was added leaves the sums of before', () => {
    const start = add(NO_TOTALS, aUsage({ model: 'large' }), aBilling({ model: 'large' }));
    const parts = figures(aUsage(), aBilling({ usage: { inputTokens: 3, webSearches: 1 } }));
    const back = withFigures(withFigures(start, parts, 1), parts, -1);
    const { models: _models, ...sums } = back;
    const { models: _before, ...sumsBefore } = start;
    expect(sums).toStrictEqual(sumsBefore);
    expect(back.models['large']).toEqual(start.models['large']);
    expect(back.models['small']).toStrictEqual({
      promptTokens: 0,
      completionTokens: 0,
      totalTokens: 0,
      costPico: 0n,
    });
  });

  test('models beyond the limit share a line, also when one is taken out again', () => {
    let totals = NO_TOTALS;
    for (let n = 0; n < MAX_MODELS + 3; n += 1) {
      totals = add(totals, aUsage({ model: `m${n}` }), aBilling({ model: `m${n}`, costPico: '2' }));
    }
    expect(Object.keys(totals.models)).toHaveLength(MAX_MODELS + 1);
    expect(totals.models[OTHER_MODELS]).toMatchObject({ totalTokens: 15, costPico: 6n });
    const last = figures(aUsage({ model: `m${MAX_MODELS}` }));
    const less = withFigures(totals, last, -1);
    expect(less.models[OTHER_MODELS]?.totalTokens).toBe(10);
    expect(less.models['m0']?.totalTokens).toBe(5);
  });

  test.each(['__proto__', 'constructor', 'toString'])('a model named %s is a model', (model) => {
    const totals = add(add(NO_TOTALS, aUsage({ model })), aUsage({ model }));
    expect(Object.keys(totals.models)).toEqual([model]);
    expect(totals.models[model]?.totalTokens).toBe(10);
  });
});
