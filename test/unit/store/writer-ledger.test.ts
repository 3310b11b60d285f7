import { describe, expect, test } from 'vitest';
import { NEVER_RECORDED, WriterLedger } from '../../../src/store/writer-ledger.ts';

function aLedger(...entries: readonly (readonly [string, number, number])[]): WriterLedger {
  const ledger = new WriterLedger();
  for (const [writer, operation, atMs] of entries)
    ledger.record({ writer, operation, position: operation * 10, atMs });
  return ledger;
}

describe('WriterLedger', () => {
  test('knows nobody at first', () => {
    const ledger = new WriterLedger();
    expect(ledger.size).toBe(0);
    expect(ledger.find('')).toBeNull();
    expect(ledger.find('a')).toBeNull();
  });

  test('remembers the last write of every writer', () => {
    const ledger = aLedger(['a', 1, 100], ['b', 1, 200], ['a', 2, 300], ['c', 7, 400]);
    expect(ledger.size).toBe(3);
    expect(ledger.find('a')).toEqual({ writer: 'a', operation: 2, position: 20, atMs: 300 });
    expect(ledger.find('b')).toEqual({ writer: 'b', operation: 1, position: 10, atMs: 200 });
    expect(ledger.find('c')).toEqual({ writer: 'c', operation: 7, position: 70, atMs: 400 });
    expect(ledger.latestAtMs).toBe(400);
  });

  test('forgets by age alone, and never the latest writer', () => {
    const ledger = aLedger(['a', 1, 100], ['b', 1, 200], ['a', 2, 300], ['c', 1, 400]);
    ledger.forgetBefore(300);
    expect([ledger.find('a')?.operation, ledger.find('b'), ledger.size]).toEqual([2, null, 2]);
    ledger.forgetBefore(10_000);
    expect([ledger.find('a'), ledger.find('c')?.operation, ledger.size]).toEqual([null, 1, 1]);
  });

  test('passes on what it knows without the positions', () => {
    const heir = aLedger(['a', 3, 100], ['b', 5, 200]).inherit();
    expect(heir.find('a')).toEqual({ writer: 'a', operation: 3, position: 0, atMs: 100 });
    expect(heir.find('b')).toEqual({ writer: 'b', operation: 5, position: 0, atMs: 200 });
    expect(new WriterLedger().inherit().size).toBe(0);
  });

  test('does not take a write that was refused for a recorded one, however often it is passed on', () => {
    const ledger = new WriterLedger();
    const refused = { writer: 'a', operation: 3, position: NEVER_RECORDED, atMs: 100 };
    ledger.record(refused);
    expect(ledger.inherit().inherit().find('a')).toEqual(refused);
  });
});
