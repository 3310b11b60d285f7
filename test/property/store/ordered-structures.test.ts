import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DueHeap, type HeapItem } from '../../../src/store/due-heap.ts';
import { RecordLog } from '../../../src/store/record-log.ts';
import { SequenceIndex } from '../../../src/store/sequence-index.ts';
import { TextCopier } from '../../../src/store/text-copier.ts';

describe('SequenceIndex', () => {
  const sequence = fc.integer({ min: 1, max: 600 });
  const steps = fc.array(fc.record({ sequence, isDeletion: fc.boolean() }), { maxLength: 1500 });

  test('is a sorted list, whatever goes in and out', () => {
    fc.assert(
      fc.property(steps, sequence, (changes, from) => {
        const index = new SequenceIndex<string>();
        const present = new Set<number>();
        for (const change of changes) {
          if (change.isDeletion) {
            index.delete(change.sequence);
            present.delete(change.sequence);
          } else if (!present.has(change.sequence)) {
            index.insert(change.sequence, `#${change.sequence}`);
            present.add(change.sequence);
          }
        }
        const sorted = [...present].toSorted((a, b) => a - b);
        expect(index.size).toBe(sorted.length);
        expect(index.last()).toBe(sorted.length === 0 ? null : `#${sorted.at(-1)}`);
        expect([...index.ascending(from)]).toEqual(
          sorted.filter((one) => one > from).map((one) => `#${one}`),
        );
        expect([...index.descending(from)]).toEqual(
          sorted
            .filter((one) => one < from)
            .toReversed()
            .map((one) => `#${one}`),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('stays one list when a window moves over it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 3000 }),
        (width, length) => {
          const index = new SequenceIndex<number>();
          for (let next = 1; next <= length; next++) {
            index.insert(next, next);
            if (next > width) index.delete(next - width);
          }
          const first = Math.max(1, length - width + 1);
          const expected = Array.from(
            { length: length - first + 1 },
            (_, offset) => first + offset,
          );
          expect([...index.ascending(0)]).toEqual(expected);
          expect([...index.descending(Infinity)]).toEqual(expected.toReversed());
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('DueHeap', () => {
  const change = fc.record({
    item: fc.nat({ max: 40 }),
    dueAtMs: fc.option(fc.integer({ min: 0, max: 50 }), { freq: 3 }),
  });

  test('gives what is due in order, whatever was scheduled, moved and removed', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 300 }),
        fc.integer({ min: 0, max: 50 }),
        (changes, atMs) => {
          const heap = new DueHeap<HeapItem & { readonly id: number }>();
          const items = Array.from({ length: 41 }, (_, id) => ({ id, heapSlot: -1 }));
          const times = new Map<number, number>();
          for (const { item, dueAtMs } of changes) {
            if (dueAtMs === null) {
              heap.remove(items[item]!);
              times.delete(item);
            } else {
              heap.schedule(items[item]!, dueAtMs);
              times.set(item, dueAtMs);
            }
          }
          const due = [...heap.due(atMs)];
          const expected = [...times].filter(([, dueAtMs]) => dueAtMs <= atMs);
          expect(due.map(({ dueAtMs }) => dueAtMs)).toEqual(
            expected.map(([, dueAtMs]) => dueAtMs).toSorted((a, b) => a - b),
          );
          expect(new Set(due.map(({ item }) => item.id))).toEqual(
            new Set(expected.map(([id]) => id)),
          );
          expect(heap.size).toBe(times.size);
          expect(items.map((item) => heap.dueAtMs(item))).toEqual(
            items.map(({ id }) => times.get(id) ?? null),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('RecordLog', () => {
  test('gives every stretch as an array does', () => {
    const range = fc.record({
      length: fc.integer({ min: 0, max: 900 }),
      from: fc.integer({ min: 1, max: 1000 }),
      limit: fc.integer({ min: 1, max: 1000 }),
    });
    fc.assert(
      fc.property(range, ({ length, from, limit }) => {
        const log = new RecordLog();
        const records = Array.from({ length }, (_, index) => `r${index}`);
        for (const [index, record] of records.entries()) log.push(record, index + 0.5);
        expect(log.slice(from, limit)).toEqual(records.slice(from - 1, from - 1 + limit));
        expect(log.linkAt(from)).toBe(from <= length ? from - 0.5 : null);
      }),
      { numRuns: 200 },
    );
  });
});

describe('TextCopier', () => {
  test('copies any sequence of UTF-16 units', () => {
    const copier = new TextCopier();
    const units = fc.oneof(
      fc.array(fc.integer({ min: 0, max: 0x7f })),
      fc.array(fc.integer({ min: 0, max: 0xff })),
      fc.array(fc.integer({ min: 0, max: 0xffff })),
      fc.array(fc.integer({ min: 0xd7f0, max: 0xe00f })),
    );
    fc.assert(
      fc.property(units, (codes) => {
        const text = String.fromCharCode(...codes);
        expect(copier.copy(text)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});
