import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { PART_RULES } from '../../../src/tokens/part-rules.ts';
import { countMessageTokens } from '../../../src/tokens/message-tokens.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { anyTexts } from './texts.ts';

const counter = createTokenCounter();
const models = fc.oneof(fc.constantFrom('gpt-4o', 'gpt-4', 'claude-opus-5', ''), anyTexts);

function thrower(): never {
  throw new Error('no');
}

const revoked = ((): object => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
})();
const cyclic: Record<string, unknown> = { type: 'tool_result' };
cyclic['content'] = [cyclic, cyclic];
const traps = { get: thrower, has: thrower, ownKeys: thrower, getPrototypeOf: thrower };

/** Values that fail when touched, one way or another; fast-check would touch them, so they are not drawn but all tried. */
const HOSTILE: readonly unknown[] = [
  revoked,
  cyclic,
  new Proxy({}, traps),
  new Proxy([], traps),
  new Proxy(thrower, traps),
  { toJSON: thrower },
  Object.defineProperty({}, 'type', { get: thrower, enumerable: true }),
  Object.defineProperty({ type: 'image' }, 'image_url', { get: thrower, enumerable: true }),
  Object.assign(() => 1, { type: 'text' }),
  Symbol('s'),
  12n,
  new Map([[1, 2]]),
  new Uint8Array(10),
  new Date(Number.NaN),
  Object.create(null),
  [undefined, null],
];

const FIELDS = [
  'text',
  'content',
  'value',
  'data',
  'source',
  'image_url',
  'input',
  'name',
  'output',
  'width',
];

/** A value in every place where a part may hold one. */
function placesFor(value: unknown): readonly unknown[] {
  const inEveryField = Object.fromEntries(FIELDS.map((field) => [field, value]));
  const inParts = [...PART_RULES.keys()].map((type) => ({ ...inEveryField, type }));
  return [
    value,
    [value],
    { role: 'user', content: value },
    { tool_calls: value },
    ...inParts,
    inParts,
  ];
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withNullPrototype: true,
  withTypedArray: true,
  withSparseArray: true,
});

/** Parts of every known type with fields of every kind in them. */
const parts = fc.record(
  {
    type: fc.constantFrom(...PART_RULES.keys()),
    ...Object.fromEntries(FIELDS.map((field) => [field, anything])),
  },
  { requiredKeys: ['type'] },
);

const contents = fc.oneof(anything, parts, fc.array(fc.oneof(parts, anything), { maxLength: 4 }));

describe('C-45: counting never throws', () => {
  test('whatever the content and the model', () => {
    fc.assert(
      fc.property(contents, models, (content, model) => {
        const { tokens } = counter.count(content, model);
        expect(Number.isSafeInteger(tokens) && tokens >= 0).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('whatever fails when it is touched', () => {
    for (const value of HOSTILE.flatMap(placesFor)) {
      for (const tokens of [
        counter.count(value, 'gpt-4o').tokens,
        countMessageTokens(value, { counter, model: 'claude-opus-5' }).tokens,
        counter.countText(value as string, 'gpt-4o'),
        counter.countUpTo(value as string, { model: 'gpt-4', limit: 10 }),
        counter.countText('x', value as string),
      ]) {
        expect(Number.isSafeInteger(tokens) && tokens >= 0).toBe(true);
      }
    }
  });

  test('whatever the message', () => {
    fc.assert(
      fc.property(contents, (content) => {
        for (const message of [
          content,
          { content },
          { role: 'user', content },
          { tool_calls: content },
        ]) {
          const { tokens } = countMessageTokens(message, { counter, model: 'gpt-4o' });
          expect(Number.isSafeInteger(tokens) && tokens >= 0).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('whatever takes the place of a text', () => {
    fc.assert(
      fc.property(anything, fc.double(), (value, limit) => {
        const text = value as string;
        expect(counter.countText(text, 'gpt-4o')).toBeGreaterThanOrEqual(0);
        expect(counter.countUpTo(text, { model: 'gpt-4o', limit })).toBeGreaterThanOrEqual(0);
        expect(typeof counter.truncateText(text, { model: 'gpt-4', maxTokens: limit })).toBe(
          'string',
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
