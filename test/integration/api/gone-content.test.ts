import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryArtifactStore as artifactsAt } from '../../../src/artifacts/memory-artifact-store.ts';
import {
  type ArtifactStore,
  createFileArtifactStore,
  createMemoryArtifactStore,
  type Pagefold,
  type SessionKey,
  StorageError,
} from '../../../src/index.ts';
import { aFolder } from '../../lib/folder.ts';
import { aPagefold, collect } from './a-pagefold.ts';

const HOUR_MS = 3_600_000;
const LONG = 'Ann was born in 1970. '.repeat(8000);
const TENANT = { tenant: 't' } as const;
const KEY = { tenant: 't', sessionId: 'a' } as const;

async function withArtifacts(): Promise<{
  readonly pagefold: Pagefold;
  readonly artifacts: ArtifactStore;
}> {
  const artifacts = createMemoryArtifactStore();
  return { pagefold: await aPagefold({ artifacts }), artifacts };
}

/** A session with long content that has expired. */
async function expired(pagefold: Pagefold, { tenant, sessionId }: SessionKey): Promise<void> {
  const session = pagefold.session(sessionId, { tenant, userId: 'ann' });
  await session.userSays(LONG);
  await session.setTimeToLive(0);
}

async function heldBy(artifacts: ArtifactStore): Promise<readonly string[]> {
  const keys = await collect(artifacts.listSessions());
  return keys.map(({ tenant, sessionId }) => `${tenant}/${sessionId}`).toSorted();
}

describe('content of sessions that have expired', () => {
  test('goes with its tenant, from files too, and what is of others stays', async () => {
    const folder = aFolder();
    onTestFinished(folder.remove);
    const artifacts = createFileArtifactStore({ directory: folder.path });
    const pagefold = await aPagefold({ artifacts });
    await expired(pagefold, KEY);
    await pagefold.session('b', TENANT).userSays(LONG);
    await pagefold.session('a', { tenant: 'other' }).userSays(LONG);

    const receipt = await pagefold.erase(TENANT);

    expect(receipt).toMatchObject({ sessions: 1, artifacts: 2, youngArtifacts: 0 });
    expect(await heldBy(artifacts)).toEqual(['other/a']);
    const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const texts = await Promise.all(
      files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')),
    );
    expect(texts.filter((text) => text.includes('born in 1970'))).toHaveLength(1);
  });

  test('goes with a user of the tenant, and what is too young to tell is counted', async () => {
    const { pagefold, artifacts } = await withArtifacts();
    await expired(pagefold, KEY);
    await pagefold.session('mine', { ...TENANT, userId: 'ann' }).userSays(LONG);
    await pagefold.session('theirs', { ...TENANT, userId: 'bob' }).userSays(LONG);
    await expired(pagefold, { tenant: 'other', sessionId: 'a' });

    const first = await pagefold.erase({ ...TENANT, userId: 'ann' });
    expect(first).toMatchObject({ sessions: 1, artifacts: 1, youngArtifacts: 1 });
    expect(await heldBy(artifacts)).toEqual(['other/a', 't/a', 't/theirs']);

    const second = await pagefold.erase({ ...TENANT, userId: 'ann', graceMs: 0 });
    expect(second).toMatchObject({ sessions: 0, artifacts: 1, youngArtifacts: 0 });
    expect(await heldBy(artifacts)).toEqual(['other/a', 't/theirs']);
  });

  test('is collected when it is old enough, of a tenant or of all', async () => {
    const { pagefold, artifacts } = await withArtifacts();
    await expired(pagefold, KEY);
    await expired(pagefold, { tenant: 'other', sessionId: 'a' });
    const alive = pagefold.session('alive', TENANT);
    await alive.userSays(LONG);
    const freedBytes = LONG.length;

    expect(await pagefold.collectArtifacts()).toEqual({
      sessions: 3,
      goneSessions: 2,
      removed: 0,
      freedBytes: 0,
      young: 2,
    });
    const ofTenant = await pagefold.collectArtifacts({ ...TENANT, graceMs: 0 });
    expect(ofTenant).toEqual({ sessions: 2, goneSessions: 1, removed: 1, freedBytes, young: 0 });
    expect(await pagefold.collectArtifacts({ graceMs: 0 })).toMatchObject({ removed: 1 });
    expect(await heldBy(artifacts)).toEqual(['t/alive']);
    const [event] = await collect(alive.events.list());
    expect(await alive.memory.archive.read(event!.archive!)).toBe(LONG);
  });

  test('is collected from under a session that has the id now, without what that one names', async () => {
    // Everything in it is older than any session.
    const artifacts = artifactsAt({}, { nowMs: () => Date.now() - 2 * HOUR_MS });
    const pagefold = await aPagefold({ artifacts });
    const bytes = Buffer.from('of an earlier session');
    const metadata = { kind: 'archived-content' };
    await artifacts.put({ ...KEY, bytes, mimeType: 'text/plain', metadata });
    const session = pagefold.session('a', TENANT);
    await session.userSays(LONG);

    expect(await pagefold.collectArtifacts({ ...TENANT, graceMs: 3 * HOUR_MS })).toMatchObject({
      removed: 0,
    });
    expect(await pagefold.collectArtifacts(TENANT)).toEqual({
      sessions: 1,
      goneSessions: 0,
      removed: 1,
      freedBytes: bytes.length,
      young: 0,
    });
    const [event] = await collect(session.events.list());
    expect(await session.memory.archive.read(event!.archive!)).toBe(LONG);
  });

  test('is not collected without an artifact store, or with options that are none', async () => {
    const pagefold = await aPagefold();
    await expect(pagefold.collectArtifacts()).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
    });
    await expect(pagefold.collectArtifacts({ graceMs: -1 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(pagefold.erase({ ...TENANT, graceMs: -1 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(await pagefold.erase(TENANT)).toMatchObject({ artifacts: null, youngArtifacts: null });
  });
});

describe('content that stays because the artifact store fails', () => {
  const failing = (): { readonly artifacts: ArtifactStore; readonly repair: () => void } => {
    const artifacts = createMemoryArtifactStore();
    const remove = artifacts.delete.bind(artifacts);
    const down = (): Promise<boolean> =>
      Promise.reject(new StorageError({ operation: 'delete', message: 'no disk' }));
    Object.assign(artifacts, { delete: down });
    return { artifacts, repair: () => void Object.assign(artifacts, { delete: remove }) };
  };

  test.each([
    ['delete', (p: Pagefold) => p.session('a', TENANT).delete()],
    ['erase', (p: Pagefold) => p.erase(TENANT)],
    ['erase of its user', (p: Pagefold) => p.erase({ ...TENANT, userId: 'ann' })],
  ] as const)('after %s is found by a collection', async (_name, remove) => {
    const { artifacts, repair } = failing();
    const pagefold = await aPagefold({ artifacts });
    await pagefold.session('a', { ...TENANT, userId: 'ann' }).userSays(LONG);
    await expect(remove(pagefold)).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    expect(await pagefold.session('a', TENANT).exists()).toBe(false);
    repair();
    expect(await pagefold.collectArtifacts({ graceMs: 0 })).toMatchObject({ removed: 1 });
    expect(await collect(artifacts.listSessions())).toEqual([]);
  });
});
