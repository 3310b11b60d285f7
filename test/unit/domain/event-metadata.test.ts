import { describe, expect, test } from 'vitest';

import {
  applyMapChange,
  clearMetadata,
  getMetadata,
  hasMetadata,
  mergeMetadata,
  removeMetadata,
  setMetadata,
} from '../../../src/domain/event-metadata.ts';
import { deepFreeze } from '../../lib/deep-freeze.ts';
import { anEvent, aRun } from '../../lib/events.ts';

describe('C-18: metadata of events and runs', () => {
  test('is set and replaced in a copy', () => {
    const event = deepFreeze(anEvent({ metadata: { a: 1 } }));
    const changed = setMetadata(setMetadata(event, 'a', [2]), 'b', null);
    expect(changed.metadata).toEqual({ a: [2], b: null });
    expect(changed.message).toBe(event.message);
    expect(event.metadata).toEqual({ a: 1 });
  });

  test('is read with a fallback that is null unless given', () => {
    const event = anEvent({ metadata: { zero: 0, nothing: null } });
    expect(getMetadata(event, 'zero', 7)).toBe(0);
    expect(getMetadata(event, 'nothing', 7)).toBeNull();
    expect(getMetadata(event, 'absent')).toBeNull();
    expect(getMetadata(event, 'absent', 'fallback')).toBe('fallback');
  });

  test('has an entry whatever its value, and never what objects inherit', () => {
    const event = anEvent({ metadata: { nothing: null } });
    expect(hasMetadata(event, 'nothing')).toBe(true);
    expect(hasMetadata(event, 'absent')).toBe(false);
    expect(hasMetadata(event, 'constructor')).toBe(false);
    expect(getMetadata(event, 'constructor')).toBeNull();
  });

  test('loses an entry, and a missing one is fine', () => {
    const run = deepFreeze(aRun({ metadata: { a: 1, b: 2 } }));
    expect(removeMetadata(run, 'a').metadata).toEqual({ b: 2 });
    expect(removeMetadata(run, 'absent').metadata).toEqual({ a: 1, b: 2 });
  });

  test('is merged shallowly, new entries win', () => {
    const event = deepFreeze(anEvent({ metadata: { a: { x: 1 }, b: 2 } }));
    expect(mergeMetadata(event, { a: { y: 1 }, c: 3 }).metadata).toEqual({
      a: { y: 1 },
      b: 2,
      c: 3,
    });
  });

  test('is cleared', () => {
    expect(clearMetadata(deepFreeze(anEvent({ metadata: { a: 1 } }))).metadata).toEqual({});
  });

  test('takes a key named __proto__ as any other', () => {
    const event = setMetadata(anEvent(), '__proto__', { admin: true });
    expect(Object.keys(event.metadata)).toEqual(['__proto__']);
    expect(getMetadata(event, '__proto__')).toEqual({ admin: true });
    expect(getMetadata(event, 'admin')).toBeNull();
    expect(Object.keys(removeMetadata(event, '__proto__').metadata)).toEqual([]);
  });
});

describe('applyMapChange', () => {
  test('removes first, then sets, in a copy', () => {
    const map = deepFreeze({ a: 1, b: 2, c: 3 });
    expect(applyMapChange(map, { set: { b: 'new', d: null }, remove: ['a', 'b', 'x'] })).toEqual({
      b: 'new',
      c: 3,
      d: null,
    });
    expect(applyMapChange(map, { set: {}, remove: [] })).toEqual(map);
  });
});
