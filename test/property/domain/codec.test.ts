import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { LogEvent } from '../../../src/domain/log-event.ts';
import {
  decodeRecord,
  decodeSnapshot,
  encodeRecord,
  encodeSnapshot,
  SCHEMA_VERSION,
} from '../../../src/store/codec.ts';
import { aSession } from '../../lib/session.ts';
import { anyLogEvent } from '../../lib/log-events.ts';
import { anyPolicy, anyStepOrClose, takeStep } from '../../lib/session-steps.ts';

/** The record with one more field at a place, as a later minor version would write it. */
function withField(record: string, path: readonly string[]): string {
  const value: unknown = JSON.parse(record.slice(1));
  const target = path.reduce((inner: unknown, key) => Reflect.get(Object(inner), key), value);
  Reflect.set(Object(target), 'laterField', { any: ['value'] });
  return `${SCHEMA_VERSION}${JSON.stringify(value)}`;
}

/** Places of a record where a later version may add something: the record itself and every part with a shape of its own. */
function openPlaces(event: LogEvent): readonly (readonly string[])[] {
  switch (event.type) {
    case 'event-recorded':
      return event.event.billing === null ? [[], ['event']] : [[], ['event'], ['event', 'billing']];
    case 'event-usage-changed':
      return [[], ['before'], ['after']];
    case 'segment-closed':
    case 'summary-applied':
    case 'segments-summarised':
      return [[], ['summary']];
    case 'run-changed':
      return [[], ['run']];
    case 'session-created':
      return event.fork === null ? [[]] : [[], ['fork']];
    case 'event-metadata-changed':
    case 'properties-changed':
    case 'values-changed':
      return [[], ['change']];
    default:
      return [[]];
  }
}

describe('a record', () => {
  test('C-31: comes back as it was, whatever it holds', () => {
    fc.assert(
      fc.property(anyLogEvent, (event) => {
        expect(decodeRecord(encodeRecord(event), 1)).toStrictEqual(event);
      }),
      { numRuns: 1000 },
    );
  });

  test('C-30: keeps the fields of a later minor version at every place', () => {
    fc.assert(
      fc.property(anyLogEvent, (event) => {
        for (const path of openPlaces(event)) {
          const richer = withField(encodeRecord(event), path);
          const decoded = decodeRecord(richer, 1);
          // Compared as values: keeping a field does not mean keeping its place among the others.
          expect(decoded).toEqual(JSON.parse(richer.slice(1)));
          expect(JSON.parse(encodeRecord(decoded).slice(1))).toEqual(JSON.parse(richer.slice(1)));
        }
      }),
    );
  });

  test('C-30: of a newer schema version is refused, whatever it holds', () => {
    const newer = fc.integer({ min: SCHEMA_VERSION + 1, max: 9_999 });
    fc.assert(
      fc.property(anyLogEvent, newer, (event, version) => {
        const record = `${version}${encodeRecord(event).slice(1)}`;
        expect(() => decodeRecord(record, 7)).toThrow(
          expect.objectContaining({ code: 'SCHEMA_TOO_NEW' }),
        );
      }),
    );
  });

  test('that is damaged is refused by its position, never quoted', () => {
    fc.assert(
      fc.property(anyLogEvent, fc.nat(), (event, at) => {
        const record = encodeRecord(event);
        const cut = record.slice(0, at % record.length);
        expect(() => decodeRecord(cut, 7)).toThrow(
          expect.objectContaining({
            code: 'CORRUPT_RECORD',
            message: expect.stringMatching(/^Stored record 7 cannot be read: [a-z _.]+$/i),
          }),
        );
      }),
    );
  });
});

describe('a snapshot', () => {
  const steps = fc.array(anyStepOrClose, { maxLength: 40, size: 'max' });

  test('C-31: comes back as the state it was made from', () => {
    fc.assert(
      fc.property(steps, fc.option(anyPolicy), (taken, policy) => {
        const session = aSession({ session: { properties: { a: [1] } }, policy });
        for (const [index, step] of taken.entries()) takeStep(session, step, `e${index}`);
        expect(decodeSnapshot(encodeSnapshot(session.state))).toStrictEqual(session.state);
      }),
    );
  });

  test('C-30: of a newer schema version is refused', () => {
    const body = encodeSnapshot(aSession().says('a').state);
    const newer = `${SCHEMA_VERSION + 1}${body.slice(1)}`;
    expect(() => decodeSnapshot(newer)).toThrow(
      expect.objectContaining({ code: 'SCHEMA_TOO_NEW' }),
    );
  });
});
