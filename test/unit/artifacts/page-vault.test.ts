import { describe, expect, test } from 'vitest';
import { createMemoryArtifactStore } from '../../../src/artifacts/memory-artifact-store.ts';
import type { ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { PageVault } from '../../../src/artifacts/page-vault.ts';
import type { VaultPage } from '../../../src/artifacts/vault-page.ts';
import { virtualClock, type VirtualClock } from '../../../src/testing/index.ts';
import { aVaultPage } from '../../lib/vault-page.ts';

const KEY = { tenant: 'acme', sessionId: 'support-42' };

function aVault(): {
  readonly store: ArtifactStore;
  readonly vault: PageVault;
  readonly clock: VirtualClock;
} {
  const clock = virtualClock();
  const store = createMemoryArtifactStore({}, clock);
  return { store, vault: new PageVault({ store, ...KEY }), clock };
}

const ODD: readonly VaultPage['content'][] = [
  null,
  '',
  'text with \ud800 half a pair, 🐈 and \u0000',
  { nested: [1, 0.1, -5e300, true, null, { 'a key': 'ä' }] },
  JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}'),
  new Uint8Array(),
  Uint8Array.from({ length: 256 }, (_, index) => index),
];

describe('storePage and loadPage', () => {
  test.each(ODD.map((content) => [content]))(
    'M-W75: content %o comes back as it was',
    async (content) => {
      const { vault } = aVault();
      const page = aVaultPage({ content });
      const { artifactId, pageId } = await vault.storePage({ page });

      expect(pageId).toBe(page.pageId);
      expect(await vault.loadPage({ artifactId })).toStrictEqual(page);
    },
  );

  test('M-174 M-W75: a page with every field set comes back as it was', async () => {
    const { vault } = aVault();
    const page = aVaultPage({
      pageType: 'artifact',
      modality: 'video',
      role: 'tool',
      content: 'https://example.org/clip.mp4',
      provenance: ['msg_1', 'msg_2'],
      importance: 0.25,
      hint: 'a clip',
      speaker: 'Ada',
      toolName: 'camera',
      mimeType: 'video/mp4',
      sizeBytes: 12,
      durationSeconds: 3.5,
      dimensions: [640, 480],
      transcript: 'hello',
      caption: 'a cat',
      scenes: [{ atSeconds: 1, description: 'it sits' }],
      metadata: { deep: { list: [1, 'two'] } },
    });
    const { artifactId } = await vault.storePage({ page });

    expect(await vault.loadPage({ artifactId })).toStrictEqual(page);
  });

  test('M-174 M-179 M-W57: V27: a page has one artifact, whichever tiers it goes through', async () => {
    const { vault } = aVault();
    const page = aVaultPage();
    const first = await vault.storePage({ page, tier: 'L3' });
    const second = await vault.storePage({ page, tier: 'L4' });

    expect(second).toEqual(first);
    expect(await vault.stats()).toMatchObject({ pages: 1, pagesByTier: { L3: 0, L4: 1 } });
    await vault.storePage({ page: aVaultPage({ content: 'changed' }) });
    expect((await vault.stats()).pages).toBe(2);
    expect(await vault.movePage({ artifactId: first.artifactId, tier: 'L3' })).toBe(true);
    expect(await vault.stats()).toMatchObject({ pagesByTier: { L3: 2, L4: 0 } });
  });

  test('W-75: what JSON cannot carry is refused by name', async () => {
    const { vault } = aVault();
    const wrong = [
      [{ content: 1n }, 'page.content'],
      [{ content: { when: new Map() } }, 'page.content.<key 0>'],
      [{ content: undefined }, 'page.content'],
      [{ importance: 2 }, 'page.importance'],
      [{ pageId: '' }, 'page.pageId'],
      [{ tier: 'L0' }, 'page.tier'],
    ] as const;
    for (const [parts, field] of wrong) {
      const page = { ...aVaultPage(), ...parts } as unknown as VaultPage; // what JavaScript may pass
      await expect(vault.storePage({ page })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        field,
      });
    }
    expect((await vault.stats()).pages).toBe(0);
  });

  test('M-175 M-W56: a checkpoint, another artifact or nothing is no page', async () => {
    const { vault, store } = aVault();
    const { checkpointId } = await vault.checkpoint(aCheckpoint([]));
    const other = await store.put({ ...KEY, bytes: new Uint8Array(3), mimeType: 'x/y' });

    for (const artifactId of [checkpointId, other.artifactId, '0'.repeat(64)]) {
      expect(await vault.loadPage({ artifactId })).toBeNull();
      expect(await vault.movePage({ artifactId, tier: 'L4' })).toBe(false);
      expect(await vault.deletePage({ artifactId })).toBe(false);
    }
    expect(await vault.loadCheckpoint({ checkpointId: other.artifactId })).toBeNull();
    expect(await vault.deleteCheckpoint({ checkpointId: other.artifactId })).toBe(false);
    expect(await vault.stats()).toMatchObject({ checkpoints: 1, others: 1 });
  });

  test('M-W16: a page that could not be stored is not acknowledged', async () => {
    const store = createMemoryArtifactStore({ maxBytes: 100 }, virtualClock());
    const vault = new PageVault({ store, ...KEY });

    await expect(vault.storePage({ page: aVaultPage() })).rejects.toMatchObject({
      code: 'OVERLOADED',
    });
    expect((await vault.stats()).pages).toBe(0);
  });

  test('M-175 M-W38: a deleted page is gone', async () => {
    const { vault } = aVault();
    const { artifactId } = await vault.storePage({ page: aVaultPage() });

    expect(await vault.deletePage({ artifactId })).toBe(true);
    expect(await vault.loadPage({ artifactId })).toBeNull();
    expect(await pageIdsIn(vault)).toEqual([]);
  });

  test('a page of a newer version, or of another shape, is refused', async () => {
    const { vault, store } = aVault();
    const put = async (json: string): Promise<string> => {
      const bytes = Buffer.from(json);
      const params = { ...KEY, bytes, mimeType: 'application/x-memory-page' };
      return (await store.put(params)).artifactId;
    };
    const load = async (json: string): Promise<unknown> =>
      vault.loadPage({ artifactId: await put(json) });

    await expect(load('{"schemaVersion":2}')).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
    for (const json of ['', '[]', '{}', '{"schemaVersion":1,"pageId":7}'])
      await expect(load(json)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });
});

describe('streamPage', () => {
  test('gives the stored form in pieces', async () => {
    const { vault, store } = aVault();
    const { artifactId } = await vault.storePage({
      page: aVaultPage({ content: 'x'.repeat(900) }),
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of vault.streamPage({ artifactId, chunkBytes: 100 })) pieces.push(piece);

    expect(pieces.length).toBeGreaterThan(9);
    expect(pieces.slice(0, -1).every(({ length }) => length === 100)).toBe(true);
    const whole = await store.get({ ...KEY, artifactId });
    expect(Buffer.concat(pieces).equals(whole?.bytes ?? Buffer.from('none'))).toBe(true);
  });

  test('says so when the page is not there, or goes on the way', async () => {
    const { vault } = aVault();
    const { artifactId } = await vault.storePage({ page: aVaultPage() });
    const stream = vault.streamPage({ artifactId, chunkBytes: 10 });
    await stream.next();
    await vault.deletePage({ artifactId });

    await expect(stream.next()).rejects.toMatchObject({ code: 'STORAGE_ERROR' });
    await expect(vault.streamPage({ artifactId }).next()).rejects.toMatchObject({
      code: 'STORAGE_ERROR',
    });
    await expect(vault.streamPage({ artifactId, chunkBytes: 0 }).next()).rejects.toMatchObject({
      field: 'params.chunkBytes',
    });
  });
});

function aCheckpoint(pages: readonly VaultPage[]): Parameters<PageVault['checkpoint']>[0] {
  const ids = pages.map(({ pageId }) => pageId);
  return { name: 'before', pages, order: ids, pins: ids.slice(0, 1), turn: 3, nowMs: 1000 };
}

async function pageIdsIn(vault: PageVault): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { pageId } of vault.listPages()) ids.push(pageId);
  return ids.toSorted();
}
