import { describe, expect, test } from 'vitest';
import { CallIds, deriveCallId, MAX_CALL_ID_LENGTH } from '../../../src/memory/call-id.ts';

describe('deriveCallId', () => {
  test('shows a plain event id, so that logs can be read', () => {
    const id = '3f0e9f8e-6a0b-4b0e-9d2e-0f6a1b2c3d4e';
    expect(deriveCallId(id)).toBe(`tc_${id}`);
  });

  test('gives the same id for the same event and other ids for others', () => {
    const ids = Array.from({ length: 10_000 }, (_, at) => deriveCallId(`session/1#${at}`));
    expect(new Set(ids).size).toBe(ids.length);
    expect(deriveCallId('session/1#0')).toBe(ids[0]);
  });

  test('is never longer than allowed', () => {
    expect(deriveCallId('x'.repeat(256)).length).toBeLessThanOrEqual(MAX_CALL_ID_LENGTH);
  });
});

describe('CallIds', () => {
  test('keeps a wanted id once and derives another after that', () => {
    const ids = new CallIds();
    const given = ['c', 'c', 'c', 'd', 'c'].map((wanted) => ids.take(wanted));
    expect(given[0]).toBe('c');
    expect(given[3]).toBe('d');
    expect(new Set(given).size).toBe(5);
  });

  test('keeps clear of an id that it would have derived', () => {
    const ids = new CallIds();
    ids.take('c');
    const derived = new CallIds();
    derived.take('c');
    const taken = derived.take('c');
    ids.take(taken);
    expect(ids.take('c')).not.toBe(taken);
  });
});
