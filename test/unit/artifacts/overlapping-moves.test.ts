import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { setImmediate as nextTask } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { replaceSame } from '../../../src/artifacts/file/aside-files.ts';
import { createFileArtifactStore } from '../../../src/artifacts/file/file-artifact-store.ts';
import { FileLayout } from '../../../src/artifacts/file/file-layout.ts';
import { virtualClock, type VirtualClock } from '../../../src/testing/index.ts';
import { aFolder } from '../../lib/folder.ts';

const KEY = { tenant: 'acme', sessionId: 'support-42' };
/** Long enough, and hard enough to pack, that a put fits into a move. */
const BYTES = new Uint8Array(randomBytes(1_500_000));

function aStore(): {
  readonly store: ArtifactStore;
  readonly clock: VirtualClock;
  readonly layout: FileLayout;
} {
  const { path: directory, remove } = aFolder();
  onTestFinished(remove);
  const clock = virtualClock();
  const store = createFileArtifactStore({ directory, instance: 'i1', clock });
  return { store, clock, layout: new FileLayout(directory, 'test') };
}

async function put(store: ArtifactStore, edition: number): Promise<string> {
  const metadata = { edition };
  const wish = { ...KEY, bytes: BYTES, mimeType: 'text/plain', metadata };
  return (await store.put(wish)).artifactId;
}

describe('a move that overlaps a put', () => {
  test('takes nothing of the put back, whenever it comes', async () => {
    const { store, clock } = aStore();
    for (let tasks = 0; tasks < 200; tasks += 25) {
      const artifactId = await put(store, 1);
      clock.advance(1_000_000);

      const moving = store.move({ ...KEY, artifactId, tier: 'L4' });
      for (let task = 0; task < tasks; task += 1) await nextTask();
      await put(store, 2);
      expect(await moving).toBe(true);

      const head = await store.head({ ...KEY, artifactId });
      expect(head).toMatchObject({ metadata: { edition: 2 }, storedAtMs: clock.nowMs() });
      const storedBeforeMs = clock.nowMs() - 500_000;
      expect(await store.delete({ ...KEY, artifactId, storedBeforeMs })).toBe(false);
      await store.delete({ ...KEY, artifactId });
    }
  });

  test('replaces a file only while it is the one that was read', async () => {
    const { store, layout } = aStore();
    const ref = { ...KEY, artifactId: await put(store, 1) };
    const replace = async (isSame: () => Promise<boolean | null>): Promise<boolean> => {
      const file = layout.newWriting(ref);
      await writeFile(file, 'moved');
      return replaceSame(layout, ref, { file, isSame });
    };

    const changed = await replace(() => Promise.resolve(false));
    const unread = replace(() => Promise.reject(new Error('unreadable')));
    await expect(unread).rejects.toThrow('unreadable');
    const overtaken = await replace(async () => (await put(store, 2)) !== '');

    expect([changed, overtaken]).toEqual([false, false]);
    expect(await store.head(ref)).toMatchObject({ metadata: { edition: 2 } });
    expect(await readdir(layout.session(ref))).toEqual([ref.artifactId]);
    await store.deleteSession(KEY);
    expect(await replace(() => Promise.resolve(true))).toBe(false);
  });
});
