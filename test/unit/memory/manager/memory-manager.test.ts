import { describe, expect, test } from 'vitest';
import { foldMutations } from '../../../../src/memory/journal/memory-fold.ts';
import { makeKernel } from '../../../lib/kernels.ts';
import { addPages, aMemory, aPlainMemory, aVault, contextOf } from '../../../lib/memories.ts';

const LONG = Array.from({ length: 60 }, (_, at) => `Line ${at} says that step ${at} is done.`).join(
  ' ',
);

describe('pages', () => {
  test('M-182: M-W18: M-W51: an id is taken once, and ids that nobody chose are long', () => {
    const memory = aMemory();
    memory.createPage('first', { pageId: 'a', role: 'assistant', caption: 'c' });
    expect(() => memory.createPage('second', { pageId: 'a' })).toThrow('pageId');
    expect(memory.createPage('x', { pageType: 'claim' }).pageId).toMatch(/^claim_[0-9a-z]{12}$/);
    expect(memory.page('a')?.card).toMatchObject({ role: 'assistant', caption: 'c' });
  });

  test('M-39: M-W45: options that do not exist or contradict each other are refused by name', () => {
    expect(() => aMemory({ config: { maxL0Tokens: 100, reservedTokens: 100 } })).toThrow(
      'reservedTokens',
    );
    const contradicting = { evictionThreshold: 0.5, targetUtilization: 0.6 };
    expect(() => aMemory({ config: contradicting })).toThrow('targetUtilization');
    const unknown = { maxTokens: 5 } as Parameters<typeof aMemory>[0];
    expect(() => aMemory(unknown)).toThrow('maxTokens');
  });

  test('M-192: M-W38: a page that is deleted is nowhere any more', async () => {
    const memory = aPlainMemory(1000);
    await addPages(memory, ['a', 'b'], 100);
    memory.pinPage('a');
    expect(memory.deletePage('a')).toBe(true);
    expect(memory.deletePage('a')).toBe(false);
    expect(contextOf(memory)).toEqual(['b']);
    expect((await memory.searchPages('content')).results.map(({ pageId }) => pageId)).toEqual([
      'b',
    ]);
    expect(memory.health().findings).toEqual([]);
  });

  test('M-40: M-191: M-W04: M-W62: pins are written down, and what is pinned stays until it is unpinned', async () => {
    const memory = aPlainMemory(200);
    await addPages(memory, ['a', 'b'], 100);
    memory.pinPage('a');
    memory.pinPage('b');
    memory.createPage('x', { pageId: 'c', sizeTokens: 100 });
    expect(await memory.addToWorkingSet('c')).toMatchObject({ refusal: 'no-room' });
    expect(await memory.evictPage('a')).toMatchObject({ isEvicted: false, refusal: 'pinned' });
    expect(memory.unpinPage('a')).toBe(true);
    expect(memory.unpinPage('a')).toBe(false);
    expect(await memory.addToWorkingSet('c')).toMatchObject({ evicted: ['a'] });
    const pins = memory.history.all().filter(({ type }) => type === 'pin' || type === 'unpin');
    expect(pins.map(({ pageId, type, tierAfter }) => [pageId, type, tierAfter])).toEqual([
      ['a', 'pin', 'L0'],
      ['b', 'pin', 'L0'],
      ['a', 'unpin', 'L0'],
    ]);
    expect(() => memory.pinPage('nope')).toThrow('pageId');
  });

  test('M-43: M-44: M-W05: the last turns and pages of the system are held, and yield for the newest turn', async () => {
    const memory = aPlainMemory(400);
    memory.createPage('Be brief.', { pageId: 'sys', role: 'system', sizeTokens: 100 });
    await memory.addToWorkingSet('sys');
    await addPages(memory, ['q1'], 100);
    await memory.newTurn();
    expect(memory.page('sys')?.pin).toBe('page');
    expect(memory.page('q1')?.pin).toBe('rule');
    memory.createPage('x', { pageId: 'big', sizeTokens: 300 });
    expect(await memory.addToWorkingSet('big')).toMatchObject({ evicted: ['q1'] });
    expect(memory.page('q1')?.pin).toBe('none');
  });
});

describe('eviction', () => {
  test('M-184: M-W16: nothing leaves the process without a vault, or when the vault fails', async () => {
    const without = aPlainMemory(1000);
    await addPages(without, ['a'], 100);
    expect(await without.evictPage('a', 'L3')).toMatchObject({
      isEvicted: false,
      tier: 'L0',
      refusal: 'no-storage',
    });
    const vault = aVault();
    const failing = aPlainMemory(1000, {
      vault: {
        storePage: () => Promise.reject(new Error('disk full')),
        loadPage: (params) => vault.loadPage(params),
        movePage: (params) => vault.movePage(params),
        checkpoint: (params) => vault.checkpoint(params),
        loadCheckpoint: (params) => vault.loadCheckpoint(params),
      },
    });
    await addPages(failing, ['a'], 100);
    const outcome = await failing.evictPage('a', 'L4');
    expect(outcome).toMatchObject({ tier: 'L0', refusal: 'not-stored', cause: expect.any(Error) });
    expect((await failing.readPage('a'))?.content).toBe('content of a');
  });

  test('M-196: M-W33: a page that is pinned while it is stored stays', async () => {
    const memory = aPlainMemory(1000, { vault: aVault() });
    await addPages(memory, ['a'], 100);
    const evicting = memory.evictPage('a', 'L3');
    memory.pinPage('a');
    expect(await evicting).toMatchObject({ isEvicted: false, refusal: 'changed', tier: 'L0' });
    expect(memory.health().findings).toEqual([]);
  });

  test('M-185: M-W61: a closed segment leaves, what is pinned stays', async () => {
    const memory = aPlainMemory(1000);
    await addPages(memory, ['a', 'b', 'c'], 100);
    memory.pinPage('b');
    expect(await memory.evictSegmentPages()).toEqual(['a', 'c']);
    expect(contextOf(memory)).toEqual(['b']);
  });

  test('M-60: M-W19: a turn begins below the threshold', async () => {
    const memory = aPlainMemory(1000, {
      config: { maxL0Tokens: 1000, reservedTokens: 0, autoPinLastNTurns: 0 },
    });
    await addPages(memory, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'], 100);
    expect(memory.needsEviction()).toBe(true);
    expect(await memory.newTurn()).toMatchObject({ turn: 1, evicted: ['a', 'b'] });
    expect(memory.needsEviction()).toBe(false);
  });
});

describe('folding and faults', () => {
  test('M-110: M-111: M-143: M-W01: M-W17: M-W72: a fold is laid beside the page, which stays whole', async () => {
    const memory = aMemory();
    memory.createPage(LONG, { pageId: 'a' });
    await memory.addToWorkingSet('a');
    const whole = memory.page('a')!.tokens;
    const result = await memory.compressPage('a', 3);
    expect(result).toMatchObject({ kind: 'folded', levelAfter: 3 });
    expect(memory.page('a')).toMatchObject({ level: 3 });
    expect(memory.page('a')!.tokens).toBeLessThan(whole);
    const [folded] = memory.history.ofType('compress');
    expect(folded).toMatchObject({ cause: 'compress_reference', tierBefore: 'L0', levelBefore: 0 });
    const outcome = await memory.handleFault('a', { level: 0 });
    expect(outcome).toMatchObject({ kind: 'loaded', level: 0, text: LONG });
    expect(memory.page('a')).toMatchObject({ level: 0, tokens: whole });
    expect(await aMemory({ compressors: null }).compressPage('a', 1)).toBeNull();
    expect(await memory.compressPage('nope', 1)).toBeNull();
  });

  test('M-140: M-142: M-145: M-W22: M-W65: what cannot be given is said, and counted', async () => {
    const memory = aMemory({ faultPolicy: { maxFailedFaultsPerTurn: 2, maxFaultsPerTurn: 1 } });
    memory.createPage('x', { pageId: 'a' });
    memory.createPage('y', { pageId: 'b' });
    expect(await memory.handleFault('a', { level: 7 })).toMatchObject({
      code: 'INVALID_ARGUMENTS',
    });
    expect(await memory.handleFault('nope')).toMatchObject({ message: 'Page not found: nope' });
    expect(await memory.handleFault('nope')).toMatchObject({ code: 'FAILURE_LIMIT_EXCEEDED' });
    await memory.newTurn();
    expect(await memory.handleFault('a')).toMatchObject({ kind: 'loaded' });
    const outcome = await memory.handleFault('b');
    expect(outcome).toMatchObject({ message: expect.stringContaining('limit exceeded') });
  });

  test('M-144: M-W66: a page that is in view costs nothing', async () => {
    const memory = aMemory();
    memory.createPage('x', { pageId: 'a' });
    await memory.addToWorkingSet('a');
    expect(await memory.handleFault('a')).toMatchObject({ kind: 'already_mapped' });
    expect(memory.getStats().faultHandler).toMatchObject({ faultsThisTurn: 0 });
  });

  test('M-146: M-W64: a page is given at the level that fits what is left of the turn', async () => {
    const memory = aMemory({ faultPolicy: { maxFaultTokensPerTurn: 120 } });
    memory.createPage(LONG, { pageId: 'a' });
    const outcome = await memory.handleFault('a', { level: 0 });
    expect(outcome).toMatchObject({ kind: 'loaded', level: 3 });
    const { tokensRemaining = -1 } = memory.getStats().faultHandler ?? {};
    expect(tokensRemaining).toBeGreaterThanOrEqual(0);
  });

  test('M-149: M-186: M-W21: a page that no room can be made for is given and not said to be there', async () => {
    const memory = aPlainMemory(200);
    await addPages(memory, ['a', 'b'], 100);
    memory.pinPage('a');
    memory.pinPage('b');
    memory.createPage('x', { pageId: 'c', sizeTokens: 50 });
    expect(await memory.handleFault('c', { level: 0 })).toMatchObject({
      isPromoted: false,
      tier: 'L1',
      evictions: [],
    });
    expect(contextOf(memory)).toEqual(['a', 'b']);
    memory.unpinPage('a');
    memory.createPage('x', { pageId: 'd', sizeTokens: 90 });
    expect(await memory.handleFault('d', { level: 0 })).toMatchObject({
      isPromoted: true,
      tier: 'L0',
      evictions: ['a'],
    });
  });

  test('V19: M-160: M-187: M-W25: the pre-pass has a budget of its own, whatever the model used', async () => {
    const memory = aMemory();
    for (let at = 0; at < 8; at += 1)
      memory.createPage(`decided ${at}`, { pageId: `c${at}`, pageType: 'claim' });
    for (const id of ['c5', 'c6', 'c7']) await memory.handleFault(id);
    const quota = memory.getStats().faultHandler;
    expect(await memory.demandPrePass('remind me')).toEqual(['c0', 'c1', 'c2']);
    expect(memory.getStats().faultHandler).toMatchObject({
      faultsRemaining: quota!.faultsRemaining,
    });
    expect(memory.history.byActor('system').some(({ type }) => type === 'fault_in')).toBe(true);
  });

  test('V20: M-163: M-164: M-W26: what was read before a tool is loaded when it is likely called again', async () => {
    const memory = aMemory();
    memory.createPage('runbook', { pageId: 'run' });
    await memory.handleFault('run');
    memory.toolUsed('deploy');
    await memory.evictPage('run');
    expect(await memory.newTurn()).toMatchObject({ prefetched: ['run'] });
  });

  test('M-153: M-154: a search of your own is asked with its filter, and a bad limit is refused', async () => {
    const asked: unknown[] = [];
    const memory = aMemory({
      search: (query, options) => {
        asked.push([query, options]);
        return Promise.resolve([]);
      },
    });
    await memory.searchPages('q', { modality: 'image' });
    expect(asked).toEqual([['q', { modality: 'image', limit: 5 }]]);
    await expect(memory.searchPages('q', { limit: 0 })).rejects.toThrow('limit');
  });
});

describe('contexts and the whole', () => {
  test('M-188: M-189: M-190: M-W11: a context has rules and tools by its mode, within its limit', async () => {
    const memory = aMemory();
    memory.createPage('Hello', { pageId: 'a' });
    await memory.addToWorkingSet('a');
    memory.createPage('away', { pageId: 'b', hint: 'about away' });
    const strict = await memory.buildContext({ systemPrompt: 'SYS', maxTokens: 16_000 });
    expect(strict.developerMessage).toMatch(/^SYS\n\n<VM:RULES>/);
    expect(strict.tools).toHaveLength(2);
    expect(strict.manifest?.available_pages.map(({ page_id }) => page_id)).toEqual(['b']);
    const passive = await memory.buildContext({ mode: 'passive', systemPrompt: 'SYS' });
    expect(passive).toMatchObject({ tools: [], manifest: null });
    expect(passive.developerMessage).toBe('SYS\n\n<VM:CONTEXT>\nU (a): "Hello"\n</VM:CONTEXT>');
    await expect(memory.buildContext({ maxTokens: 20 })).rejects.toThrow('limit');
    await memory.newTurn();
    expect(memory.history.contextAtTurn(1)).toEqual(['a']);
  });

  test('M-193: M-194: M-W31: M-W36: M-W37: figures are copies, and name the session there is now', async () => {
    const memory = aMemory();
    memory.createPage('x', { pageId: 'a' });
    await memory.addToWorkingSet('a');
    const before = memory.getStats();
    memory.updateSessionId('sess_2');
    memory.createPage('y', { pageId: 'b' });
    expect(before).toMatchObject({ sessionId: 'sess_1', pagesInStore: 1, errors: {} });
    expect(memory.getStats()).toMatchObject({ sessionId: 'sess_2', pagesInStore: 2 });
    expect((await memory.buildContext({ mode: 'passive' })).receipt.sessionId).toBe('sess_2');
    memory.close();
    expect(memory.getStats().errors).toMatchObject({ workingSet: 'CLOSED' });
  });

  test('M-76: M-W39: M-W63: a memory goes on from its snapshot over another kernel, and a fork goes its own way', async () => {
    const memory = aMemory({ claims: true });
    memory.createPage('We decided to use PostgreSQL.', { pageId: 'q', role: 'user' });
    await memory.addToWorkingSet('q');
    memory.createPage(LONG, { pageId: 'a' });
    await memory.addToWorkingSet('a');
    await memory.compressPage('a', 2);
    const snapshot = JSON.parse(JSON.stringify(memory.snapshot()));
    const other = aMemory({ snapshot, kernel: makeKernel('simd'), claims: true });
    expect(other.snapshot()).toEqual(memory.snapshot());
    expect(other.health().findings).toEqual([]);
    expect(other.claims).toHaveLength(1);
    const fork = memory.fork('sess_2');
    fork.deletePage('a');
    expect(contextOf(memory)).toContain('a');
    expect(contextOf(fork)).not.toContain('a');
    expect(() => aMemory({ snapshot: { ...snapshot, version: 2 } })).toThrow('version');
  });

  test('a checkpoint brings the context and its pins back', async () => {
    const vault = aVault();
    const memory = aPlainMemory(1000, { vault });
    await addPages(memory, ['a', 'b', 'c'], 100);
    memory.pinPage('b');
    await memory.evictPage('a', 'L3');
    const { checkpointId, pageCount } = await memory.checkpoint('before');
    expect(pageCount).toBe(3);
    const other = aPlainMemory(1000, { vault });
    expect(await other.restore(checkpointId)).toMatchObject({ lost: [], context: ['b', 'c'] });
    expect(other.page('b')?.pin).toBe('explicit');
    expect((await other.readPage('a'))?.content).toBe('content of a');
    expect(other.health().findings).toEqual([]);
    expect(foldMutations(other.history.all())).toEqual(other.history.state());
  });
});
