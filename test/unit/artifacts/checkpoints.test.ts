import { truncate } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import type { CheckpointParams } from '../../../src/artifacts/checkpoint.ts';
import { createFileArtifactStore } from '../../../src/artifacts/file/file-artifact-store.ts';
import { FileLayout } from '../../../src/artifacts/file/file-layout.ts';
import { createMemoryArtifactStore } from '../../../src/artifacts/memory-artifact-store.ts';
import { PageVault } from '../../../src/artifacts/page-vault.ts';
import { virtualClock, type VirtualClock } from '../../../src/testing/index.ts';
import { aFolder } from '../../lib/folder.ts';
import { aVaultPage, someVaultPages } from '../../lib/vault-page.ts';

const KEY = { tenant: 'acme', sessionId: 'support-42' };
const PAGES = someVaultPages(20);
const ORDER = ['msg_7', 'msg_3', 'msg_20'];
const HOUR_MS = 3_600_000;

interface Subject {
  readonly store: ArtifactStore;
  readonly vault: PageVault;
  readonly clock: VirtualClock;
}

function aVault(): Subject {
  const clock = virtualClock();
  const store = createMemoryArtifactStore({}, clock);
  return { store, vault: new PageVault({ store, ...KEY }), clock };
}

function aCheckpoint(parts: Partial<CheckpointParams> = {}): CheckpointParams {
  return {
    name: 'before the refund',
    pages: PAGES,
    order: ORDER,
    pins: ['msg_3'],
    turn: 5,
    nowMs: 1000,
    ...parts,
  };
}

describe('checkpoint and loadCheckpoint', () => {
  test('M-176 M-W56: pages, order, pins and turn come back', async () => {
    const { vault } = aVault();
    const { checkpointId } = await vault.checkpoint(aCheckpoint());

    expect(await vault.loadCheckpoint({ checkpointId })).toEqual({
      checkpointId,
      name: 'before the refund',
      createdAtMs: 1000,
      turn: 5,
      order: ORDER,
      pins: ['msg_3'],
      pages: PAGES,
      lost: [],
    });
  });

  test('M-176 M-178 M-W56: V27: pages are stored once and counted apart from checkpoints', async () => {
    const { vault } = aVault();
    await vault.checkpoint(aCheckpoint({ pages: PAGES.slice(0, 2), order: [], pins: [] }));
    expect(await vault.stats()).toMatchObject({ pages: 2, checkpoints: 1, others: 0 });
    await vault.checkpoint(aCheckpoint({ nowMs: 2000 }));
    expect(await vault.stats()).toMatchObject({ pages: 20, checkpoints: 2 });
  });

  test('M-W56: pages that were deleted are named', async () => {
    const { vault } = aVault();
    const { checkpointId } = await vault.checkpoint(aCheckpoint());
    const manifest = await vault.describeCheckpoint({ checkpointId });
    const [first, , third] = manifest?.pages ?? [];
    await vault.deletePage({ artifactId: first!.artifactId });
    await vault.deletePage({ artifactId: third!.artifactId });

    const loaded = await vault.loadCheckpoint({ checkpointId });
    expect(loaded?.lost).toEqual([
      { pageId: 'msg_1', artifactId: first!.artifactId, reason: 'missing' },
      { pageId: 'msg_3', artifactId: third!.artifactId, reason: 'missing' },
    ]);
    expect(loaded?.pages).toEqual(PAGES.filter((_, index) => index !== 0 && index !== 2));
    expect(loaded?.order).toEqual(ORDER);
  });

  test('M-W56: pages that were damaged are named, and stop a collection', async () => {
    const { path: directory, remove } = aFolder();
    onTestFinished(remove);
    const clock = virtualClock();
    const store = createFileArtifactStore({ directory, instance: 'a', clock });
    const vault = new PageVault({ store, ...KEY });
    const { checkpointId } = await vault.checkpoint(aCheckpoint());
    const { pageId, artifactId } = await vault.storePage({ page: PAGES[4]! });
    await truncate(new FileLayout(directory, 'b').artifact({ ...KEY, artifactId }), 50);

    const loaded = await vault.loadCheckpoint({ checkpointId });
    expect(loaded?.lost).toEqual([{ pageId, artifactId, reason: 'damaged' }]);
    expect(loaded?.pages).toHaveLength(19);
    expect(await vault.stats()).toMatchObject({ pages: 19, damaged: 1 });
    clock.advance(2 * HOUR_MS);
    const garbage = { live: [], checkpoints: [], nowMs: clock.nowMs() };
    await expect(vault.collectGarbage(garbage)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    expect((await vault.stats()).pages).toBe(19);
    expect(await vault.deletePage({ artifactId })).toBe(true);
    expect(await vault.collectGarbage(garbage)).toMatchObject({ removedPages: 19 });
  });

  test('a checkpoint that fails on the way is not there', async () => {
    const store = createMemoryArtifactStore({ maxArtifacts: 10 }, virtualClock());
    const vault = new PageVault({ store, ...KEY });

    await expect(vault.checkpoint(aCheckpoint())).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(await vault.listCheckpoints()).toEqual([]);
    expect((await vault.stats()).pages).toBe(10);
  });

  test('pages that are stored already are taken by id, and stay in their tier', async () => {
    const { vault } = aVault();
    const stored = await vault.storePage({ page: PAGES[0]!, tier: 'L4' });
    const params = { pages: PAGES.slice(1, 3), stored: [stored], order: ['msg_1'], pins: [] };
    const { checkpointId, pageCount } = await vault.checkpoint(aCheckpoint(params));

    expect(pageCount).toBe(3);
    expect((await vault.loadCheckpoint({ checkpointId }))?.pages).toEqual([
      PAGES[1],
      PAGES[2],
      PAGES[0],
    ]);
    expect(await vault.stats()).toMatchObject({ pagesByTier: { L3: 2, L4: 1 } });
  });

  test('what could not be restored is refused by name', async () => {
    const { vault } = aVault();
    const { artifactId } = await vault.storePage({ page: aVaultPage({ pageId: 'other' }) });
    const wrong = [
      [{ order: ['msg_7', 'msg_99'] }, 'params.order[1]'],
      [{ pins: ['nothing'] }, 'params.pins[0]'],
      [{ order: ['msg_7', 'msg_7'] }, 'params.order'],
      [{ pages: [...PAGES, PAGES[0]!] }, 'params.pages'],
      [{ stored: [{ pageId: 'msg_21', artifactId }] }, 'params.stored[0].artifactId'],
      [{ stored: [{ pageId: 'x', artifactId: '0'.repeat(64) }] }, 'params.stored[0].artifactId'],
      [{ turn: -1 }, 'params.turn'],
      [{ name: '' }, 'params.name'],
    ] as const;
    for (const [parts, field] of wrong) {
      const call = vault.checkpoint(aCheckpoint(parts));
      await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT', field });
    }
    expect(await vault.listCheckpoints()).toEqual([]);
  });
});

describe('M-177 M-W59: listing and deleting checkpoints', () => {
  test('lists them oldest first, describes and deletes them without their pages', async () => {
    const { vault } = aVault();
    const late = await vault.checkpoint(aCheckpoint({ name: 'late', nowMs: 3000 }));
    const early = await vault.checkpoint(aCheckpoint({ name: 'early', nowMs: 2000 }));

    expect(await vault.listCheckpoints()).toEqual([early, late]);
    expect(early).toMatchObject({ name: 'early', pageCount: 20, turn: 5, createdAtMs: 2000 });
    const { checkpointId } = early;
    const manifest = await vault.describeCheckpoint({ checkpointId });
    expect(manifest?.pages[0]).toMatchObject({ pageId: 'msg_1', modality: 'text' });
    expect(await vault.deleteCheckpoint({ checkpointId })).toBe(true);
    expect(await vault.deleteCheckpoint({ checkpointId })).toBe(false);
    expect(await vault.loadCheckpoint({ checkpointId })).toBeNull();
    expect(await vault.describeCheckpoint({ checkpointId })).toBeNull();
    expect(await vault.stats()).toMatchObject({ pages: 20, checkpoints: 1 });
  });
});

describe('collectGarbage', () => {
  test('keeps what is live or in a checkpoint, and removes the rest when it is old', async () => {
    const { vault, store, clock } = aVault();
    await vault.checkpoint(aCheckpoint({ pages: PAGES.slice(0, 3), order: [], pins: [] }));
    const live = await vault.storePage({ page: PAGES[3]! });
    const old = await vault.storePage({ page: PAGES[4]! });
    await store.put({ ...KEY, bytes: new Uint8Array(5), mimeType: 'image/png' });
    const { pageBytes } = await vault.stats();
    clock.advance(2 * HOUR_MS);
    await vault.storePage({ page: PAGES[5]! });

    const nowMs = clock.nowMs();
    const gone = '0'.repeat(64);
    const report = await vault.collectGarbage({ live: [live.artifactId, gone], nowMs });
    expect(report).toMatchObject({ examined: 7, live: 5, young: 1, removedPages: 1 });
    expect(report).toMatchObject({ removedCheckpoints: 0, missing: [gone] });
    expect(report.freedBytes).toBeGreaterThan(0);
    expect(report.freedBytes).toBeLessThan(pageBytes);
    expect(await vault.loadPage({ artifactId: old.artifactId })).toBeNull();
    expect(await vault.stats()).toMatchObject({ pages: 5, checkpoints: 1, others: 1 });
  });

  test('removes checkpoints that are not named, and then their pages', async () => {
    const { vault, clock } = aVault();
    const kept = await vault.checkpoint(
      aCheckpoint({ name: 'kept', pages: PAGES.slice(0, 8), order: [], pins: [] }),
    );
    await vault.checkpoint(aCheckpoint({ name: 'other' }));
    clock.advance(2 * HOUR_MS);

    const nowMs = clock.nowMs();
    const params = { live: [], checkpoints: [kept.checkpointId], nowMs };
    expect(await vault.collectGarbage(params)).toMatchObject({
      examined: 22,
      live: 9,
      removedPages: 12,
      removedCheckpoints: 1,
    });
    expect((await vault.loadCheckpoint(kept))?.lost).toEqual([]);
    expect(await vault.collectGarbage(params)).toMatchObject({ examined: 9, freedBytes: 0 });
  });

  test('a checkpoint that stays for being young keeps its older pages', async () => {
    const { vault, clock } = aVault();
    const slow = aCheckpoint({ pages: PAGES.slice(0, 2), order: [], pins: [] });
    await vault.storePage({ page: PAGES[0]! });
    const young = await vault.checkpoint(slow);
    clock.advance(HOUR_MS / 2);
    const nowMs = clock.nowMs();

    await vault.collectGarbage({ live: [], checkpoints: [], graceMs: HOUR_MS, nowMs });
    expect((await vault.loadCheckpoint(young))?.lost).toEqual([]);
    const all = await vault.collectGarbage({ live: [], checkpoints: [], graceMs: 0, nowMs });
    expect(all).toMatchObject({ removedPages: 2, removedCheckpoints: 1, young: 0 });
  });

  test('a page that is stored again is young again', async () => {
    const { vault, clock } = aVault();
    const { artifactId } = await vault.storePage({ page: PAGES[0]! });
    clock.advance(2 * HOUR_MS);
    await vault.storePage({ page: PAGES[0]! });

    const report = await vault.collectGarbage({ live: [], nowMs: clock.nowMs() });
    expect(report).toMatchObject({ young: 1, removedPages: 0 });
    expect(await vault.loadPage({ artifactId })).toEqual(PAGES[0]);
  });

  test('refuses ids that are none', async () => {
    const { vault } = aVault();
    await expect(vault.collectGarbage({ live: ['msg_1'], nowMs: 0 })).rejects.toMatchObject({
      field: 'params.live[0]',
    });
  });
});
