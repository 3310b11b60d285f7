import { setImmediate as nextTask } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { MemoryManager } from '../../../../src/memory/manager/memory-manager.ts';
import type { PageStorage } from '../../../../src/memory/manager/page-storage.ts';
import { addPages, aMemory, aPlainMemory, aVault, contextOf } from '../../../lib/memories.ts';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** A vault that fails as it is told to, and notes how much is asked of it at a time. */
class FailingVault implements PageStorage {
  readonly #vault = aVault();
  /** Whether a page cannot be read. */
  isBroken: (artifactId: string) => boolean = () => false;
  mostAtOnce = 0;
  #atOnce = 0;

  async storePage(
    params: Parameters<PageStorage['storePage']>[0],
  ): Promise<{ readonly artifactId: string }> {
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    const stored = await this.#vault.storePage(params);
    this.#atOnce -= 1;
    return stored;
  }

  loadPage(params: Parameters<PageStorage['loadPage']>[0]): ReturnType<PageStorage['loadPage']> {
    if (this.isBroken(params.artifactId)) return Promise.reject(new Error('the disk is gone'));
    return this.#vault.loadPage(params);
  }

  movePage(params: Parameters<PageStorage['movePage']>[0]): Promise<boolean> {
    return this.#vault.movePage(params);
  }

  checkpoint(
    params: Parameters<PageStorage['checkpoint']>[0],
  ): ReturnType<PageStorage['checkpoint']> {
    return this.#vault.checkpoint(params);
  }

  loadCheckpoint(
    params: Parameters<PageStorage['loadCheckpoint']>[0],
  ): ReturnType<PageStorage['loadCheckpoint']> {
    return this.#vault.loadCheckpoint(params);
  }
}

/** A memory of pages about a bridge, all of which are in its vault. */
async function aStoredMemory(vault: FailingVault): Promise<MemoryManager> {
  const memory = aMemory({ vault });
  for (const pageId of IDS) memory.createPage(`The bridge of ${pageId} is old.`, { pageId });
  for (const pageId of IDS) await memory.addToWorkingSet(pageId);
  for (const pageId of IDS) await memory.evictPage(pageId, 'L3');
  return memory;
}

describe('a vault that cannot give a page', () => {
  test('M-140 M-145 M-W22: a fault says so, and takes nothing of the quota', async () => {
    const vault = new FailingVault();
    const memory = await aStoredMemory(vault);
    const before = memory.getStats().faultHandler;
    vault.isBroken = () => true;

    for (const pageId of IDS.slice(0, 4))
      expect(await memory.handleFault(pageId)).toMatchObject({
        kind: 'failed',
        code: 'LOAD_FAILED',
        cause: { message: 'the disk is gone' },
      });

    expect(memory.getStats()).toMatchObject({
      faultHandler: { faultsRemaining: before?.faultsRemaining, totalFaults: 0 },
      unreadablePages: IDS.slice(0, 4),
    });
    vault.isBroken = () => false;
    expect(await memory.handleFault('a')).toMatchObject({ kind: 'loaded' });
    expect(memory.getStats().unreadablePages).toEqual(IDS.slice(1, 4));
  });

  test('M-187: one page that cannot be read keeps no other from contexts and the pre-pass', async () => {
    const vault = new FailingVault();
    const memory = await aStoredMemory(vault);
    await memory.newTurn();
    await memory.newTurn();
    const damaged = memory.page('b')?.artifactId;
    vault.isBroken = (artifactId) => artifactId === damaged;

    const { messages } = await memory.buildContext({ question: 'How old is the bridge?' });
    const loaded = await memory.demandPrePass('As we discussed earlier: the old bridge?');

    const text = JSON.stringify(messages);
    expect(IDS.filter((id) => text.includes(`The bridge of ${id} is old`)).length).toBeGreaterThan(
      0,
    );
    expect(text).not.toContain('The bridge of b');
    expect(loaded).not.toContain('b');
    expect(memory.getStats().unreadablePages).toEqual(['b']);
    await expect(memory.readPage('b')).rejects.toThrow('the disk is gone');
    expect(memory.deletePage('b')).toBe(true);
    expect(memory.getStats().unreadablePages).toEqual([]);
  });
});

describe('a segment that leaves', () => {
  test('M-185: is stored a few pages at a time', async () => {
    const vault = new FailingVault();
    const memory = aPlainMemory(10_000, { vault });
    const ids = Array.from({ length: 100 }, (_, at) => `p${at}`);
    await addPages(memory, ids, 10);

    expect(await memory.evictSegmentPages('L3')).toEqual(ids);
    expect(vault.mostAtOnce).toBeLessThanOrEqual(8);
  });

  test('what is too much for the process is stored a few pages at a time', async () => {
    const vault = new FailingVault();
    const config = { maxL0Tokens: 10_000, reservedTokens: 0, maxL1Pages: 1, maxL2Pages: 1 };
    const memory = aPlainMemory(10_000, { vault, config });
    const ids = Array.from({ length: 100 }, (_, at) => `p${at}`);
    for (const pageId of ids) memory.createPage('x', { pageId });

    const { stored } = await memory.newTurn();

    expect(stored.length).toBeGreaterThan(90);
    expect(vault.mostAtOnce).toBeLessThanOrEqual(8);
  });
});

describe('restore', () => {
  test('changes nothing when the vault fails on the way', async () => {
    const vault = new FailingVault();
    const memory = aPlainMemory(1_000, { vault });
    await addPages(memory, IDS, 100);
    memory.pinPage('e');
    const { checkpointId } = await memory.checkpoint('before');
    memory.unpinPage('e');
    for (const id of ['a', 'b', 'c']) await memory.evictPage(id, 'L3');
    const damaged = memory.page('c')?.artifactId;
    vault.isBroken = (artifactId) => artifactId === damaged;

    await expect(memory.restore(checkpointId)).rejects.toThrow('the disk is gone');

    expect(contextOf(memory)).toEqual(['d', 'e', 'f']);
    expect(memory.page('e')?.pin).not.toBe('explicit');
    vault.isBroken = () => false;
    expect(await memory.restore(checkpointId)).toMatchObject({ lost: [], context: IDS });
    expect(memory.page('e')?.pin).toBe('explicit');
    expect(memory.health().findings).toEqual([]);
  });

  test('is seen whole or not at all', async () => {
    const memory = aPlainMemory(1_000, { vault: new FailingVault() });
    await addPages(memory, IDS, 100);
    const { checkpointId } = await memory.checkpoint('before');
    for (const id of ['a', 'b', 'c']) await memory.evictPage(id, 'L3');

    const restoring = memory.restore(checkpointId);
    const seen = new Set<string>();
    let isDone = false;
    const look = async (): Promise<void> => {
      for (let looks = 1; !isDone; looks += 1) {
        seen.add(contextOf(memory).join(''));
        // Between any two steps of others, and without holding up those that wait for more than a promise.
        await (looks % 50 === 0 ? nextTask() : Promise.resolve());
      }
    };
    await Promise.all([restoring.finally(() => (isDone = true)), look()]);

    expect(seen).toContain('def');
    seen.delete('abcdef');
    expect([...seen]).toEqual(['def']);
    expect(contextOf(memory)).toEqual(IDS);
  });

  test('loads again what another call sends back to the vault meanwhile', async () => {
    const memory = aPlainMemory(1_000, { vault: new FailingVault() });
    await addPages(memory, IDS, 100);
    const { checkpointId } = await memory.checkpoint('before');
    for (const id of ['a', 'b', 'c']) await memory.evictPage(id, 'L3');

    const [{ context }] = await Promise.all([
      memory.restore(checkpointId),
      memory.evictPage('d', 'L3'),
      memory.evictPage('e', 'L3'),
    ]);

    expect(context).toEqual(IDS);
    expect(memory.health().findings).toEqual([]);
  });

  test('M-W19: folds what does not fit whole', async () => {
    const vault = new FailingVault();
    const large = aMemory({ vault, config: { maxL0Tokens: 10_000, reservedTokens: 0 } });
    const long = Array.from({ length: 60 }, (_, at) => `Step ${at} is to do thing ${at}.`).join(
      ' ',
    );
    for (const pageId of IDS) {
      large.createPage(`${pageId}: ${long}`, { pageId });
      await large.addToWorkingSet(pageId);
    }
    const { checkpointId } = await large.checkpoint('before');
    const small = aMemory({ vault, config: { maxL0Tokens: 1_500, reservedTokens: 0 } });

    const { restored, context } = await small.restore(checkpointId);

    expect(restored).toEqual(IDS);
    expect(context.length).toBeGreaterThan(3);
    expect(small.getL0Pages().some(({ level }) => level > 0)).toBe(true);
    expect(small.health().findings).toEqual([]);
  });
});
