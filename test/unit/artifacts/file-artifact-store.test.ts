import { mkdir, readdir, readFile, rename, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import type {
  ArtifactRef,
  ArtifactStore,
  ListedArtifact,
} from '../../../src/artifacts/artifact-store.ts';
import { createFileArtifactStore } from '../../../src/artifacts/file/file-artifact-store.ts';
import { FileLayout } from '../../../src/artifacts/file/file-layout.ts';
import {
  createFileArtifactStore as openArtifacts,
  createMemoryArtifactStore,
} from '../../../src/runtime/artifact-stores.ts';
import { virtualClock, type VirtualClock } from '../../../src/testing/index.ts';
import { aFolder } from '../../lib/folder.ts';

const KEY = { tenant: 'acme', sessionId: 'support-42' };
const TEXT = 'What the tool gave, line by line.\n'.repeat(20_000);
const BYTES = Buffer.from(TEXT);

interface Subject {
  readonly directory: string;
  readonly clock: VirtualClock;
  readonly store: ArtifactStore;
  readonly layout: FileLayout;
  /** Another process on the same files. */
  readonly reopen: () => ArtifactStore;
}

function aStore(): Subject {
  const { path: directory, remove } = aFolder();
  onTestFinished(remove);
  const clock = virtualClock();
  let opened = 0;
  const reopen = (): ArtifactStore => {
    opened += 1;
    return createFileArtifactStore({ directory, instance: `instance${opened}`, clock });
  };
  return { directory, clock, store: reopen(), layout: new FileLayout(directory, 'test'), reopen };
}

async function put(store: ArtifactStore, tier: 'L3' | 'L4' = 'L3'): Promise<ArtifactRef> {
  const { artifactId } = await store.put({ ...KEY, tier, bytes: BYTES, mimeType: 'text/plain' });
  return { ...KEY, artifactId };
}

const damages: Readonly<Record<string, (path: string, bytes: Buffer) => Promise<void>>> = {
  'a flipped bit in the content': (path, bytes) => flip(path, bytes, bytes.length - 10),
  'a flipped bit in the header': (path, bytes) => flip(path, bytes, 200),
  'a flipped bit in the first line': (path, bytes) => flip(path, bytes, 10),
  'a missing end': (path, bytes) => truncate(path, bytes.length - 1),
  'a cut in the header': (path) => truncate(path, 150),
  'no bytes at all': (path) => truncate(path, 0),
  'more bytes than were written': (path, bytes) =>
    writeFile(path, Buffer.concat([bytes, Buffer.from('x')])),
  'zeroes in place of everything': (path, bytes) => writeFile(path, Buffer.alloc(bytes.length)),
};

async function flip(path: string, bytes: Buffer, at: number): Promise<void> {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  await writeFile(path, copy);
}

describe.each(['L3', 'L4'] as const)('a damaged file in %s', (tier) => {
  test.each(Object.entries(damages))('%s is reported, never served', async (_name, damage) => {
    const { store, layout } = aStore();
    const ref = await put(store, tier);
    const path = layout.artifact(ref);
    await damage(path, await readFile(path));

    const whole = { ...ref, offset: 0, length: BYTES.length };
    const refused = { code: 'CORRUPT_RECORD', backend: 'file' };
    const elsewhere = tier === 'L3' ? 'L4' : 'L3';
    await expect(store.get(ref)).rejects.toMatchObject(refused);
    await expect(store.getRange(whole)).rejects.toMatchObject(refused);
    await expect(store.move({ ...ref, tier: elsewhere })).rejects.toMatchObject(refused);

    const again = await store.put({ ...KEY, tier, bytes: BYTES, mimeType: 'text/plain' });
    expect(again).toEqual({ artifactId: ref.artifactId, isNew: true });
    expect(BYTES.equals((await store.get(ref))?.bytes ?? BYTES.subarray(1))).toBe(true);
  });

  test('what does not touch the damage can still be read', async () => {
    const { store, layout } = aStore();
    const ref = await put(store, tier);
    const path = layout.artifact(ref);
    const file = await readFile(path);
    await flip(path, file, file.length - 10);

    expect(await store.getRange({ ...ref, offset: 5, length: 10 })).toEqual(
      new Uint8Array(BYTES.subarray(5, 15)),
    );
  });
});

describe('a file of an artifact', () => {
  test('says so in a listing when its header is damaged, and can be deleted', async () => {
    const { store, layout } = aStore();
    const ref = await put(store);
    await truncate(layout.artifact(ref), 100);

    const entries = await listed(store);
    expect(entries).toEqual([{ kind: 'damaged', artifactId: ref.artifactId, storedBytes: 100 }]);
    expect(await store.stats(KEY)).toMatchObject({ damaged: 1, tiers: { L3: { artifacts: 0 } } });
    expect(await store.has(ref)).toBe(true);
    expect(await store.delete(ref)).toBe(true);
    expect(await store.stats(KEY)).toMatchObject({ damaged: 0 });
  });

  test('tells whose it is when it is damaged, and nobody else', async () => {
    const { store, layout } = aStore();
    const ref = await put(store);
    const path = layout.artifact(ref);
    const file = await readFile(path);
    const names = async (): Promise<readonly unknown[]> => {
      const keys: unknown[] = [];
      for await (const key of store.listSessions({ tenant: KEY.tenant })) keys.push(key);
      return keys;
    };

    await flip(path, file, 400);
    expect(await names()).toEqual([KEY]);
    await writeFile(
      path,
      file.toString('latin1').replace('"support-42"', '"support-43"'),
      'latin1',
    );
    expect(await names()).toEqual([]);
    await truncate(path, 0);
    expect(await names()).toEqual([]);
    await writeFile(join(layout.session(ref), 'strange'), file);
    expect(await names()).toEqual([]);
  });

  test('is not served to another session that it was copied to', async () => {
    const { store, layout } = aStore();
    const ref = await put(store);
    const other = { ...ref, sessionId: 'other' };
    await mkdir(layout.session(other), { recursive: true });
    await writeFile(layout.artifact(other), await readFile(layout.artifact(ref)));

    await expect(store.get(other)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });

  test('is not served under the id of another content', async () => {
    const { store, layout } = aStore();
    const ref = await put(store);
    const other = { ...ref, artifactId: '1'.repeat(64) };
    await rename(layout.artifact(ref), layout.artifact(other));

    await expect(store.get(other)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });

  test('of a newer version is refused, and stays', async () => {
    const { store, layout } = aStore();
    const ref = await put(store);
    const path = layout.artifact(ref);
    const file = await readFile(path);
    await writeFile(path, Buffer.concat([Buffer.from('2'), file.subarray(1)]));

    await expect(store.get(ref)).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
    await expect(put(store)).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
    expect((await readFile(path)).subarray(0, 1).toString()).toBe('2');
  });

  test('holds in L3 the content as it came, and in L4 a gzip stream of it', async () => {
    const { store, layout } = aStore();
    const ref = await put(store, 'L3');
    const plain = await readFile(layout.artifact(ref));
    expect(plain.subarray(plain.length - BYTES.length).equals(BYTES)).toBe(true);

    await store.move({ ...ref, tier: 'L4' });
    const packed = await readFile(layout.artifact(ref));
    const { storedBytes = 0 } = (await store.head(ref)) ?? {};
    expect(storedBytes).toBe(packed.length);
    expect(storedBytes).toBeLessThan(BYTES.length / 10);
    const body = packed.subarray(packed.indexOf('\n', packed.indexOf('\n') + 1) + 1);
    expect(gunzipSync(body).equals(BYTES)).toBe(true);
  });
});

describe('what a process left behind', () => {
  test('an unfinished file is never seen, and cleared away after an hour', async () => {
    const { layout, reopen, clock } = aStore();
    await put(reopen());
    const unfinished = layout.newWriting({ ...KEY, sessionId: 'other' });
    await writeFile(unfinished, 'half of an art');
    const writtenAt = new Date(clock.nowMs());
    await utimes(unfinished, writtenAt, writtenAt);

    await put(reopen());
    expect(await readdir(layout.writing)).toHaveLength(1);
    clock.advance(3_600_001);
    const store = reopen();
    await put(store);
    expect(await readdir(layout.writing)).toEqual([]);
    expect((await store.stats(KEY)).tiers.L3.artifacts).toBe(1);
  });

  test('an unfinished file goes with its session', async () => {
    const { layout, store } = aStore();
    await put(store);
    await writeFile(layout.newWriting(KEY), 'half of an art');
    await writeFile(layout.newWriting({ ...KEY, sessionId: 'other' }), 'half of another');

    await store.deleteSession(KEY);
    expect(await readdir(layout.writing)).toHaveLength(1);
  });

  test('a session half removed is removed by the next process', async () => {
    const { layout, store, reopen } = aStore();
    const ref = await put(store);
    await rename(layout.session(KEY), layout.newRemoved(KEY));

    expect(await store.get(ref)).toBeNull();
    await reopen().deleteSession({ ...KEY, sessionId: 'other' });
    expect(await readdir(layout.removed)).toEqual([]);
  });

  test('a session half removed is removed when that is asked for again', async () => {
    const { layout, store } = aStore();
    await put(store);
    await rename(layout.session(KEY), layout.newRemoved(KEY));

    expect(await store.deleteSession(KEY)).toBe(0);
    expect(await readdir(layout.removed)).toEqual([]);
  });

  test('an artifact set aside is found by reads, listings and deletions', async () => {
    const { layout, store } = aStore();
    const ref = await put(store);
    const setAside = (): Promise<void> => rename(layout.artifact(ref), layout.newAside(ref));

    await setAside();
    expect((await store.get(ref))?.sizeBytes).toBe(BYTES.length);
    await setAside();
    expect(await store.has(ref)).toBe(true);
    await setAside();
    expect((await store.stats(KEY)).tiers.L3.artifacts).toBe(1);
    await setAside();
    expect(await store.delete(ref)).toBe(true);
    // With the last file its folders go.
    expect(await readdir(layout.sessions)).toEqual([]);
  });
});

describe('createFileArtifactStore', () => {
  test('makes its folder, and puts nothing outside of it', async () => {
    const { path, remove } = aFolder();
    onTestFinished(remove);
    const store = openArtifacts({ directory: join(path, 'deep', 'artifacts') });
    const key = { tenant: '..', sessionId: '../../../outside' };
    await store.put({ ...key, bytes: BYTES, mimeType: 'text/plain' });

    expect(await readdir(path)).toEqual(['deep']);
    expect(await readdir(join(path, 'deep'))).toEqual(['artifacts']);
    expect((await readdir(join(path, 'deep', 'artifacts'))).toSorted()).toEqual([
      'removed',
      'sessions',
      'writing',
    ]);
  });

  test('passes on what the file system says as a storage error, and works once that is over', async () => {
    const { path, remove } = aFolder();
    onTestFinished(remove);
    const directory = join(path, 'artifacts');
    await writeFile(directory, 'a file where the folder should be');
    const store = openArtifacts({ directory });

    await expect(put(store)).rejects.toMatchObject({
      code: 'STORAGE_ERROR',
      operation: 'put',
      backend: 'file',
      cause: { code: 'ENOTDIR' },
    });
    await rename(directory, `${directory}.txt`);
    expect(await store.has(await put(store))).toBe(true);
  });

  test('refuses options that it does not have', () => {
    expect(() => openArtifacts({ directory: '' })).toThrow(/options\.directory/);
    const wrong = { directory: 'x', folder: 'y' };
    expect(() => openArtifacts(wrong)).toThrow(/options\.folder/);
  });
});

describe('createMemoryArtifactStore', () => {
  const put100 = (store: ArtifactStore, seed: number): Promise<unknown> =>
    store.put({ ...KEY, bytes: new Uint8Array(100).fill(seed), mimeType: 'x/y' });

  test('answers OVERLOADED when it is full, and takes more once there is room', async () => {
    const store = createMemoryArtifactStore({ maxBytes: 310 });
    await Promise.all([1, 2, 3].map((seed) => put100(store, seed)));
    await expect(put100(store, 4)).rejects.toMatchObject({
      code: 'OVERLOADED',
      data: { scope: 'store', limit: 310 },
    });
    await put100(store, 3);
    await store.deleteSession(KEY);
    await put100(store, 4);
    expect((await store.stats(KEY)).tiers.L3).toMatchObject({ artifacts: 1, sizeBytes: 100 });
  });

  test('holds no more artifacts than it may', async () => {
    const store = createMemoryArtifactStore({ maxArtifacts: 2 });
    await put100(store, 1);
    await put100(store, 2);
    await expect(put100(store, 3)).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(() => createMemoryArtifactStore({ maxArtifacts: 0 })).toThrow(/options\.maxArtifacts/);
  });
});

async function listed(store: ArtifactStore): Promise<readonly ListedArtifact[]> {
  const entries: ListedArtifact[] = [];
  for await (const entry of store.list(KEY)) entries.push(entry);
  return entries;
}
