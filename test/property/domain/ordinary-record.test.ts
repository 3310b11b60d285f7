import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logEventSchema } from '../../../src/domain/log-event.ts';
import { isOrdinaryRecord } from '../../../src/domain/ordinary-record.ts';
import { anyLogEvent } from '../../lib/log-events.ts';
import { aSession } from '../../lib/session.ts';
import { anyPolicy, anyStepOrClose, takeStep } from '../../lib/session-steps.ts';

/** Records as sessions leave them, as they come out of their JSON text. */
const recorded: fc.Arbitrary<unknown> = fc
  .tuple(fc.array(anyStepOrClose, { minLength: 1, maxLength: 12 }), fc.option(anyPolicy), fc.nat())
  .map(([steps, policy, nth]) => {
    const session = aSession({ policy });
    for (const [index, step] of steps.entries()) takeStep(session, step, `e${index}`);
    return session.entries[nth % session.entries.length]?.event;
  });

const anyRecord: fc.Arbitrary<unknown> = fc.oneof(recorded, anyLogEvent);

/** Values that a place of a record may or may not hold. */
const anyValue = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, '', 'user', 'reported', 'priced', 'é', 'a\n', 'x'),
  fc.constantFrom<unknown>(0, -0, -1, 1.5, 2 ** 53, Number.NaN, Infinity, '0.5', '1e3', '-1', '12'),
  fc.constantFrom<unknown>([], {}, { inputTokens: 1 }, { inputTokens: -1 }, { other: 1 }, [1]),
  fc.constantFrom<unknown>('9'.repeat(65), 'a'.repeat(257), `0.${'1'.repeat(13)}`, '\ud800', true),
);
const anyName = fc.constantFrom('__proto__', 'later', 'costOrigin', 'buckets', 'type', 'usage');

interface Damage {
  readonly kind: 'replace' | 'remove' | 'add';
  readonly nth: number;
  readonly name: string;
  readonly value: unknown;
}

const anyDamage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('replace' as const, 'remove' as const, 'add' as const),
  nth: fc.nat(),
  name: anyName,
  value: anyValue,
});

/** Every object inside a value, itself included. */
function objectsIn(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

function damage(record: unknown, { kind, nth, name, value }: Damage): void {
  const places = objectsIn(record).flatMap((holder) =>
    (kind === 'add' ? [name] : Object.keys(holder)).map((key) => ({ holder, key })),
  );
  const place = places[nth % Math.max(1, places.length)];
  if (place === undefined) return;
  const { holder, key } = place;
  if (kind === 'remove') Reflect.deleteProperty(holder, key);
  else
    Object.defineProperty(holder, key, {
      value: structuredClone(value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
}

describe('isOrdinaryRecord', () => {
  test('says yes only to what the schema accepts and gives back as it is', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyRecord, fc.array(anyDamage, { maxLength: 2 }), (event, damages) => {
        const record: unknown = JSON.parse(JSON.stringify(event));
        for (const each of damages) damage(record, each);
        if (!isOrdinaryRecord(record)) return;
        accepted += 1;
        const parsed = logEventSchema.safeParse(record);
        expect(parsed.success).toBe(true);
        expect(parsed.data).toStrictEqual(record);
      }),
      { numRuns: 3000 },
    );
    // The quick way has to be taken, or nothing was compared.
    expect(accepted).toBeGreaterThan(300);
  });

  test('says yes to what a conversation with text, tools and costs leaves', () => {
    const session = aSession()
      .says('What does it cost?')
      .answers('Nothing.', { model: 'large', provider: 'somebody' })
      .answers({ content: 'Ünïcode' }, { model: 'unknown' })
      .usesTool({ tool: 'find', arguments: { q: 1 }, result: null })
      .says('Again', { metadata: { a: [1, { b: null }] }, taskId: 'task-1' });
    const events = session.entries.map(({ event }) => event).slice(1);
    for (const event of events) {
      const stored: unknown = JSON.parse(JSON.stringify(event));
      expect(isOrdinaryRecord(stored)).toBe(true);
    }
    expect(events).toHaveLength(5);
  });

  test('leaves fields of a later version to the schema, which keeps them', () => {
    const [, entry] = aSession().says('Hi').entries;
    for (const at of ['record', 'event'] as const) {
      const record: unknown = JSON.parse(JSON.stringify(entry?.event));
      const holder = at === 'record' ? record : Reflect.get(Object(record), 'event');
      Reflect.set(Object(holder), 'later', { any: ['value'] });
      expect(isOrdinaryRecord(record)).toBe(false);
      expect(logEventSchema.parse(record)).toEqual(record);
    }
  });
});
