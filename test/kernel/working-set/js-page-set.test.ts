import { afterEach, describe, expect, test, vi } from 'vitest';
import { AUDIT_SUMS, STATUS_NO_MEMORY } from '../../../assembly/shared/layout.ts';
import { openWorkingSet } from '../../../src/kernel/working-set/checked-working-set.ts';
import { createJsPageSets } from '../../../src/kernel/working-set/js-page-set.ts';
import { PageColumns } from '../../../src/kernel/working-set/page-columns.ts';
import { encodeFacts } from '../../../src/kernel/working-set/page-facts.ts';
import type { PageSet, PageSetSource } from '../../../src/kernel/working-set/page-set.ts';
import { aPage, options } from '../../lib/working-set-builders.ts';

afterEach(() => void vi.restoreAllMocks());

const POISONED = expect.objectContaining({ code: 'KERNEL_POISONED' }) as Error;

/** A source that remembers the sets it opened. */
function aSource(): { readonly source: PageSetSource; readonly opened: PageSet[] } {
  const [source, opened] = [createJsPageSets(), [] as PageSet[]];
  const openSet: PageSetSource['openSet'] = (...budget) => {
    const set = source.openSet(...budget);
    if (typeof set !== 'number') opened.push(set);
    return set;
  };
  return { source: { openSet }, opened };
}

describe('sets in which an audit has found something', () => {
  test('are not used again, and no other of their kernel either, as with the WASM kernel', () => {
    const { source, opened } = aSource();
    const [broken, sound] = [1, 2].map(() => openWorkingSet(source, options({})));
    const slot = broken!.add(aPage({ tokens: 10 }))!;
    const failure = opened[0]!.distrust(AUDIT_SUMS);
    expect(failure).toMatchObject({ code: 'KERNEL_POISONED', data: { finding: AUDIT_SUMS } });
    for (const call of [
      () => broken!.read(slot),
      () => broken!.add(aPage({})),
      () => broken!.audit(),
      () => sound!.add(aPage({})),
      () => sound!.figures(),
      () => sound!.selectVictims({ tokens: 1 }),
      () => openWorkingSet(source, options({})),
    ]) {
      expect(call).toThrow(failure);
    }
    broken!.close();
    expect(() => broken!.read(slot)).toThrow(expect.objectContaining({ code: 'CLOSED' }) as Error);
  });

  test('leave the sets of other kernels alone', () => {
    const [first, second] = [aSource(), aSource()];
    const broken = openWorkingSet(first.source, options({}));
    const other = openWorkingSet(second.source, options({}));
    first.opened[0]!.distrust(AUDIT_SUMS);
    expect(() => broken.figures()).toThrow(POISONED);
    expect(other.figures().pages).toBe(0);
  });
});

/** Bytes whose next array cannot be had as long as `isFull`. */
class ScarceBytes extends Uint8Array {
  static isFull: boolean = false;

  constructor(length: number) {
    if (ScarceBytes.isFull) throw new RangeError('Array buffer allocation failed');
    super(length);
  }
}

describe('a growth that fails half way', () => {
  test('changes nothing that counts, and can be tried again', () => {
    const columns = new PageColumns(1000, 0);
    const { capacity } = columns;
    columns.importance[capacity - 1] = 0.75;
    columns.flags = new ScarceBytes(capacity);
    ScarceBytes.isFull = true;
    expect(() => columns.grow()).toThrow(RangeError);
    expect([columns.capacity, columns.flags.length]).toEqual([capacity, capacity]);
    ScarceBytes.isFull = false;
    columns.grow();
    expect(columns.capacity).toBe(2 * capacity);
    expect([columns.importance.length, columns.flags.length, columns.seatSlot.length]).toEqual([
      2 * capacity,
      2 * capacity,
      2.5 * capacity,
    ]);
    expect(columns.importance[capacity - 1]).toBe(0.75);
  });

  test('refuses the page, as the WASM kernel does', () => {
    const set = createJsPageSets().openSet(1e6, 0) as PageSet;
    const { capacity } = new PageColumns(1, 0);
    for (let index = 0; index < capacity; index += 1) {
      encodeFacts(aPage({ tokens: 10 }), set.facts());
      expect(set.addPage()).toBe(index);
    }
    vi.spyOn(Float64Array.prototype, 'set').mockImplementationOnce(() => {
      throw new RangeError('Array buffer allocation failed');
    });
    expect(set.addPage()).toBe(STATUS_NO_MEMORY);
    expect(set.audit()).toBe(0);
    expect(set.addPage()).toBe(capacity);
    expect(set.audit()).toBe(0);
  });
});
