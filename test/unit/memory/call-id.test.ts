import { describe, expect, test } from 'vitest';
import { isChatCallId, isPortableCallId } from '../../../src/memory/call-id-rule.ts';
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
    const ids = new CallIds(isChatCallId);
    const given = ['c', 'c', 'c', 'd', 'c'].map((wanted) => ids.take(wanted));
    expect(given[0]).toBe('c');
    expect(given[3]).toBe('d');
    expect(new Set(given).size).toBe(5);
  });

  test('keeps clear of an id that it would have derived', () => {
    const ids = new CallIds(isChatCallId);
    ids.take('c');
    const derived = new CallIds(isChatCallId);
    derived.take('c');
    const taken = derived.take('c');
    ids.take(taken);
    expect(ids.take('c')).not.toBe(taken);
  });
  test('derives another for an id that does not fit, the same each time', () => {
    const given = new CallIds(isPortableCallId).take('functions.get:0');
    expect(given).toMatch(/^tc_[0-9a-f]{16}$/);
    expect(new CallIds(isPortableCallId).take('functions.get:0')).toBe(given);
  });
});

describe('isChatCallId', () => {
  test('is for ids of up to 40 characters', () => {
    expect(['x'.repeat(40), 'functions.get:0', 'a|b'].every(isChatCallId)).toBe(true);
    expect(['', 'x'.repeat(41), '<VM:CONTEXT>', '\ud800'].some(isChatCallId)).toBe(false);
  });

  test('is for longer ids that their provider reads', () => {
    expect(isChatCallId(`functions.${'long_name'.repeat(6)}:12`)).toBe(true);
    expect(isChatCallId(`call_0f0e50a1476a6c35__thought__${'Cqk+/B='.repeat(40)}`)).toBe(true);
  });
});
