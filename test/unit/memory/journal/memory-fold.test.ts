import { describe, expect, test } from 'vitest';
import { EMPTY_MEMORY, foldMutations } from '../../../../src/memory/journal/memory-fold.ts';
import { deepFreeze } from '../../../lib/deep-freeze.ts';
import { numbered } from '../../../lib/mutations.ts';

const abstract = { level: 2, text: 'short', maxTokens: null, focus: null } as const;

describe('foldMutations', () => {
  test('M-171: M-W29: tiers, levels, pins and the order of the context come from the mutations alone', () => {
    const fold = foldMutations(
      numbered(
        { pageId: 'a' },
        { pageId: 'b' },
        { pageId: 'c' },
        { pageId: 'b', type: 'evict', tierBefore: 'L0', tierAfter: 'L2' },
        { pageId: 'c', type: 'pin', tierBefore: 'L0' },
        { pageId: 'a', type: 'compress', levelAfter: 2, representation: abstract },
        { pageId: 'b', type: 'fault_in', tierBefore: 'L2', turn: 3 },
      ),
    );

    expect(fold).toMatchObject({ sequence: 7, turn: 3, context: ['a', 'c', 'b'] });
    expect(fold.pages.get('a')).toMatchObject({ level: 2, representation: abstract });
    expect(fold.pages.get('b')).toMatchObject({ tier: 'L0', isPinned: false });
    expect(fold.pages.get('c')).toMatchObject({ tier: 'L0', isPinned: true });
  });

  test('a page that stays in the context keeps its place', () => {
    const fold = foldMutations(
      numbered({ pageId: 'a' }, { pageId: 'b' }, { pageId: 'a', type: 'update', tierBefore: 'L0' }),
    );

    expect(fold.context).toEqual(['a', 'b']);
  });

  test('a page that left and came back is at the end', () => {
    const fold = foldMutations(
      numbered({ pageId: 'a' }, { pageId: 'b' }, { pageId: 'a', tierAfter: 'L1' }, { pageId: 'a' }),
    );

    expect(fold.context).toEqual(['b', 'a']);
  });

  test('M-170: a page that was deleted is gone, and pins end when they are taken off', () => {
    const fold = foldMutations(
      numbered(
        { pageId: 'a' },
        { pageId: 'b', type: 'pin' },
        { pageId: 'b', type: 'unpin', tierBefore: 'L0' },
        { pageId: 'a', type: 'delete', tierBefore: 'L0', tierAfter: null },
      ),
    );

    expect([...fold.pages.keys()]).toEqual(['b']);
    expect(fold.context).toEqual(['b']);
    expect(fold.pages.get('b')?.isPinned).toBe(false);
  });

  test('what a page looked like at another level is not kept', () => {
    const folded = { pageId: 'a', type: 'compress', levelAfter: 2 } as const;
    const first = { ...folded, representation: abstract };

    const kept = foldMutations(numbered(first, { ...folded, type: 'pin' }));
    const deeper = foldMutations(numbered(first, { ...folded, levelAfter: 3 }));
    const whole = foldMutations(numbered(first, { ...folded, levelAfter: 0 }));

    expect(kept.pages.get('a')?.representation).toEqual(abstract);
    expect(deeper.pages.get('a')?.representation).toBeNull();
    expect(whole.pages.get('a')?.representation).toBeNull();
  });

  test('what it goes on from is not changed', () => {
    const before = foldMutations(numbered({ pageId: 'a' }));
    const [next] = numbered({ pageId: 'b' });
    deepFreeze(before);

    foldMutations([next!], before);

    expect(before.context).toEqual(['a']);
    expect([...before.pages.keys()]).toEqual(['a']);
    expect(EMPTY_MEMORY.pages.size).toBe(0);
  });
});
