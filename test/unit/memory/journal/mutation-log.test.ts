import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../../src/domain/errors.ts';
import type { MutationLogOptions } from '../../../../src/domain/journal-options.ts';
import type { PageMutation } from '../../../../src/domain/page-mutation.ts';
import { MutationLog } from '../../../../src/memory/journal/mutation-log.ts';
import { aMutation, numbered } from '../../../lib/mutations.ts';

function logOf(mutations: readonly PageMutation[], options?: MutationLogOptions): MutationLog {
  const log = new MutationLog(options);
  for (const mutation of mutations) log.append(mutation);
  return log;
}

const created = {
  type: 'create',
  cause: 'create_page',
  tierBefore: null,
  tierAfter: 'L1',
} as const;
const mapped = { type: 'update', cause: 'mapped', tierBefore: 'L1', tierAfter: 'L0' } as const;
const evicted = {
  type: 'evict',
  cause: 'eviction_pressure',
  tierBefore: 'L0',
  tierAfter: 'L2',
} as const;
const faulted = {
  type: 'fault_in',
  cause: 'page_fault',
  actor: 'model',
  tierBefore: 'L2',
  tierAfter: 'L0',
} as const;

const TRACE = numbered(
  { pageId: 'a', ...created },
  { pageId: 'a', ...mapped },
  { pageId: 'b', ...created },
  { pageId: 'b', ...mapped },
  { pageId: 'b', ...evicted },
  { pageId: 'c', ...created },
  { pageId: 'c', ...mapped },
  { pageId: 'b', ...faulted },
);

describe('MutationLog', () => {
  test('V23: counts creates, faults and evictions; besides the five of the vector, the three admissions to the context are mutations too', () => {
    const log = logOf(TRACE);

    expect(log.summary()).toMatchObject({
      totalMutations: 8,
      uniquePages: 3,
      contextSnapshots: 0,
      creates: 3,
      faults: 1,
      evictions: 1,
      updates: 3,
      byActor: { model: 1, system: 7, user: 0, tool: 0 },
    });
    expect(log.all().filter(({ cause }) => cause !== 'mapped')).toHaveLength(5);
    expect(log.replay({ turn: 0 })?.map(({ pageId }) => pageId)).toEqual(['a', 'c', 'b']);
  });

  test('M-167: finds mutations by page, turn, type and actor, in order', () => {
    const log = logOf(
      numbered(
        { pageId: 'a' },
        { pageId: 'b', turn: 1 },
        { pageId: 'a', turn: 1, type: 'evict', actor: 'user' },
      ),
    );

    expect(log.ofPage('a').map(({ sequence }) => sequence)).toEqual([1, 3]);
    expect(log.ofPage('x')).toEqual([]);
    expect(log.inTurn(1).map(({ sequence }) => sequence)).toEqual([2, 3]);
    expect(log.ofType('evict').map(({ sequence }) => sequence)).toEqual([3]);
    expect(log.byActor('user').map(({ sequence }) => sequence)).toEqual([3]);
    expect(log.pageIdsInTurn(1, 'update')).toEqual(['b']);
  });

  test('M-168: M-W28: keeps no more than it may, and still counts all', () => {
    const log = logOf(TRACE, { maxMutations: 3 });

    expect(log.all().map(({ sequence }) => sequence)).toEqual([6, 7, 8]);
    expect(log.summary()).toMatchObject({ totalMutations: 8, kept: 3, uniquePages: 2, creates: 3 });
    expect(log.total).toBe(8);
  });

  test('M-168: every mutation goes to the sink first', () => {
    const seen: number[] = [];
    const log = logOf(TRACE, { maxMutations: 2, sink: ({ sequence }) => seen.push(sequence) });

    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(log.summary().kept).toBe(2);
  });

  test('a mutation that the sink refuses is not appended', () => {
    const log = new MutationLog({
      sink: () => {
        throw new Error('disk is full');
      },
    });

    expect(() => log.append(aMutation())).toThrow('disk is full');
    expect(log.summary()).toMatchObject({ totalMutations: 0, kept: 0 });
    expect(() => log.append(aMutation())).toThrow('disk is full');
  });

  test('M-169: a turn begins with the context that the one before left', () => {
    const log = new MutationLog();
    const [first, second, third] = numbered(
      { pageId: 'a' },
      { pageId: 'b', turn: 1 },
      { pageId: 'a', turn: 2, tierAfter: 'L2', type: 'evict' },
    );
    log.append(first!);
    log.startTurn(1);
    log.append(second!);
    log.startTurn(2);
    log.startTurn(2);
    log.append(third!);

    expect([1, 2].map((turn) => log.contextAtTurn(turn))).toEqual([['a'], ['a', 'b']]);
    expect([0, 3].map((turn) => log.contextAtTurn(turn))).toEqual([[], []]);
    expect(log.summary().contextSnapshots).toBe(2);
  });

  test('M-171: a context can be rebuilt as long as mutations since then are kept', () => {
    const log = logOf(TRACE, { maxMutations: 4 });

    expect(log.replay({ sequence: 3 })).toBeNull();
    expect(log.replay({ sequence: 4 })?.map(({ pageId }) => pageId)).toEqual(['a', 'b']);
    expect(log.replay({ sequence: 5 })?.map(({ pageId }) => pageId)).toEqual(['a']);
    expect(log.state().context).toEqual(['a', 'c', 'b']);
  });

  test('M-171: tells what changed between two turns', () => {
    const log = logOf(
      numbered(
        { pageId: 'a' },
        { pageId: 'b' },
        { pageId: 'a', turn: 1, tierAfter: 'L2' },
        { pageId: 'c', turn: 2 },
      ),
    );

    expect(log.diffTurns(0, 2)).toMatchObject({ added: ['c'], removed: ['a'], reordered: [] });
    expect(log.diffTurns(2, 0)).toMatchObject({ added: ['a'], removed: ['c'] });
    expect(logOf(TRACE, { maxMutations: 1 }).diffTurns(-1, 0)).toBeNull();
  });

  test('goes on from a state', () => {
    const before = logOf(TRACE).state();
    const log = new MutationLog({}, before);
    log.append(aMutation({ sequence: 9, pageId: 'd' }));

    expect(log.state().context).toEqual(['a', 'c', 'b', 'd']);
    expect(() => log.append(aMutation({ sequence: 9 }))).toThrow(InvalidInput);
  });

  test('M-170: refuses mutations that are out of order', () => {
    const log = logOf([aMutation({ sequence: 4, turn: 2 })]);

    expect(() => log.append(aMutation({ sequence: 4, turn: 2 }))).toThrow('mutation.sequence');
    expect(() => log.append(aMutation({ sequence: 5, turn: 1 }))).toThrow('mutation.turn');
    expect(log.total).toBe(1);
  });

  test.each([{ maxMutations: 0 }, { maxMutations: 1.5 }, { sink: 'file' }, { maxEntries: 5 }])(
    'refuses options %o',
    (options) => {
      expect(() => new MutationLog(options as MutationLogOptions)).toThrow(InvalidInput);
    },
  );
});
