import { describe, expect, test, vi } from 'vitest';
import { DemandPager } from '../../../../src/memory/paging/demand-pager.ts';
import { MemoryLog } from '../../../lib/memory/memory-log.ts';

describe('ContextComposer', () => {
  test('what a message is about is searched for only while a page would fit', async () => {
    using plans = vi.spyOn(DemandPager.prototype, 'plan');
    const log = new MemoryLog({ maxTokens: 1_200, keptTurns: 1 });
    const open = log.open();
    for (let turn = 0; turn < 60; turn += 1) {
      log.user(`We walked along harbour number ${turn} and had some tea there.`);
      log.answer(`Harbour ${turn} sounds lovely.`);
    }
    const searchesOf = async (maxTokens: number): Promise<number> => {
      const before = plans.mock.calls.length;
      await log.build(open, { maxTokens });
      return plans.mock.calls.length - before;
    };
    await searchesOf(1_200);
    log.answer('Nice.');
    log.user('My sister wrote from that harbour again.');

    expect(await searchesOf(1_200)).toBe(0);
    expect(await searchesOf(2_000)).toBeGreaterThan(0);
  });
});
