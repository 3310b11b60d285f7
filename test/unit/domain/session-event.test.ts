import { describe, expect, test } from 'vitest';

import {
  billingSchema,
  EVENT_SOURCES,
  EVENT_TYPES,
  eventTokens,
  isChildOf,
  isPartOfTask,
  messageContent,
  sessionEventSchema,
  sessionEventToJson,
} from '../../../src/domain/session-event.ts';
import { PROMPT_STRATEGIES, SUMMARIZATION_STRATEGIES } from '../../../src/domain/strategy.ts';
import { aBilling, anEvent, aUsage } from '../../lib/events.ts';

describe('the values that are stored', () => {
  test('C-1: three sources', () => {
    expect(EVENT_SOURCES).toEqual(['user', 'llm', 'system']);
  });

  test('C-2: eight types', () => {
    expect(EVENT_TYPES).toEqual([
      'message',
      'summary',
      'tool_call',
      'reference',
      'context_bridge',
      'tool_trace',
      'tool_pattern',
      'tool_fix',
    ]);
  });

  test('C-4: four ways to summarise', () => {
    expect(SUMMARIZATION_STRATEGIES).toEqual([
      'basic',
      'key_points',
      'topic_based',
      'query_focused',
    ]);
  });

  test('C-5: five kinds of prompt', () => {
    expect(PROMPT_STRATEGIES).toEqual(['minimal', 'task', 'tool', 'conversation', 'hierarchical']);
  });
});

describe('isChildOf and isPartOfTask', () => {
  test('C-20: compare the fields, never null with null', () => {
    const event = anEvent({ parentEventId: 'p', taskId: 't' });
    expect([isChildOf(event, 'p'), isChildOf(event, 'q'), isChildOf(anEvent(), 'p')]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isPartOfTask(event, 't'), isPartOfTask(event, 'u')]).toEqual([true, false]);
  });

  test('C-20: read no metadata of the same name', () => {
    const event = anEvent({ metadata: { parent_event_id: 'p', taskId: 't' } });
    expect([isChildOf(event, 'p'), isPartOfTask(event, 't')]).toEqual([false, false]);
  });
});

describe('eventTokens', () => {
  test('C-19: takes the total of the usage, else what the content weighs', () => {
    expect(eventTokens(anEvent({ contentTokens: 7 }))).toBe(7);
    expect(
      eventTokens(anEvent({ contentTokens: 7, tokenUsage: aUsage({ totalTokens: 99 }) })),
    ).toBe(99);
    expect(eventTokens(anEvent({ tokenUsage: aUsage({ promptTokens: 0 }) }))).toBe(0);
  });
});

describe('messageContent', () => {
  test.each([
    ['a text', 'hi', 'hi'],
    ['null', null, null],
    ['a list', [1], [1]],
    ['an object without content', { role: 'user' }, { role: 'user' }],
    ['an object with content', { role: 'user', content: ['a'] }, ['a']],
    ['an object with empty content', { content: null, tool_calls: [] }, null],
  ])('of %s', (_name, message, content) => {
    expect(messageContent(message)).toEqual(content);
  });
});

describe('sessionEventToJson', () => {
  test('C-21: leaves parent, task and usage out when there are none', () => {
    expect(sessionEventToJson(anEvent({ metadata: { a: 1 } }))).toStrictEqual({
      id: 'event-1',
      message: 'hello',
      timestamp: '1970-01-01T00:16:40.000Z',
      source: 'user',
      type: 'message',
      metadata: { a: 1 },
    });
  });

  test('C-21: has them when they are there', () => {
    const tokenUsage = aUsage({ completionTokens: 2, estimatedCostUsd: '0.5' });
    const json = sessionEventToJson(anEvent({ parentEventId: 'p', taskId: 't', tokenUsage }));
    expect(json).toMatchObject({ parentEventId: 'p', taskId: 't' });
    expect(json['tokenUsage']).toStrictEqual({
      promptTokens: 5,
      completionTokens: 2,
      totalTokens: 7,
      model: 'small',
      estimatedCostUsd: '0.5',
    });
  });
});

describe('sessionEventSchema', () => {
  test('C-12: takes every source and type', () => {
    for (const source of EVENT_SOURCES) {
      for (const type of EVENT_TYPES) {
        const event = anEvent({ source, type });
        expect(sessionEventSchema.parse(event)).toStrictEqual(event);
      }
    }
  });

  test('keeps what a later version added', () => {
    const billing = { ...aBilling(), tier: 'batch' };
    const event = { ...anEvent({ billing }), traceId: 'x' };
    expect(sessionEventSchema.parse(event)).toStrictEqual(event);
  });

  test('keeps a metadata entry named __proto__', () => {
    const event = JSON.parse(
      JSON.stringify(anEvent()).replace('"metadata":{}', '"metadata":{"__proto__":1}'),
    );
    expect(JSON.stringify(sessionEventSchema.parse(event).metadata)).toBe('{"__proto__":1}');
  });

  test.each([
    ['an unknown source', { source: 'ai' }],
    ['an unknown type', { type: 'note' }],
    ['a missing message', { message: undefined }],
    ['metadata that is a list', { metadata: [] }],
    ['half a token', { contentTokens: 1.5 }],
    ['an empty id', { id: '' }],
  ])('C-12: refuses %s', (_name, change) => {
    expect(sessionEventSchema.safeParse({ ...anEvent(), ...change }).success).toBe(false);
  });
});

describe('billingSchema', () => {
  test.each(['-1', '1.5', '', 'free'])('refuses the cost %j', (costPico) => {
    expect(billingSchema.safeParse(aBilling({ costPico })).success).toBe(false);
  });

  test('takes a call without a price', () => {
    const billing = aBilling({ costPico: null, origin: 'reported', provider: 'acme' });
    expect(billingSchema.parse(billing)).toStrictEqual(billing);
  });
});
