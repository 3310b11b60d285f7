import { expect } from 'vitest';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { type ArtifactCases, aPut, putRef, SESSION, text } from './artifact-subject.ts';
import { entries } from './content.ts';

const PAGE = text('a long page of text. '.repeat(500));

/** Artifacts change their tier and keep their id. */
export const tierCases: ArtifactCases = {
  'M-W57: an artifact keeps its id from tier to tier, and there is one of it': async ({
    store,
  }) => {
    const ref = await putRef(store, { tier: 'L3', bytes: PAGE, metadata: { page: 'a' } });
    const before = await store.head(ref);
    expect(await store.move({ ...ref, tier: 'L4' })).toBe(true);
    expect(await store.head(ref)).toMatchObject({ tier: 'L4', metadata: { page: 'a' } });
    expect((await store.head(ref))?.storedAtMs).toBe(before?.storedAtMs);
    expect((await store.get(ref))?.bytes).toEqual(PAGE);
    expect(await store.move({ ...ref, tier: 'L3' })).toBe(true);
    expect(await store.get(ref)).toMatchObject({ ...before, bytes: PAGE });
    expect(await entries(store)).toHaveLength(1);
  },

  'a move to where it is changes nothing': async ({ store }) => {
    const ref = await putRef(store, { tier: 'L4' });
    const before = await store.head(ref);
    expect(await store.move({ ...ref, tier: 'L4' })).toBe(true);
    expect(await store.head(ref)).toEqual(before);
  },

  'a put with a tier moves, a put without one does not': async ({ store }) => {
    const ref = await putRef(store);
    expect(await store.head(ref)).toMatchObject({ tier: 'L3' });
    expect(await store.put(aPut({ tier: 'L4' }))).toEqual({
      artifactId: ref.artifactId,
      isNew: false,
    });
    await store.put(aPut());
    expect(await store.head(ref)).toMatchObject({ tier: 'L4' });
    expect(await entries(store)).toHaveLength(1);
  },
};

/** Artifacts and sessions can be deleted. */
export const deletionCases: ArtifactCases = {
  'M-W38: a deleted artifact is gone, and can be put again': async ({ store }) => {
    const ref = await putRef(store);
    const other = await putRef(store, { bytes: text('another') });
    expect(await store.delete(ref)).toBe(true);
    expect(await store.delete(ref)).toBe(false);
    expect(await store.get(ref)).toBeNull();
    expect(await store.has(ref)).toBe(false);
    expect(await store.has(other)).toBe(true);
    expect(await store.put(aPut())).toMatchObject({ artifactId: ref.artifactId, isNew: true });
  },

  'a deletion with a time spares what was put since': async ({ store, clock }) => {
    const ref = await putRef(store);
    const putAtMs = clock.nowMs();
    expect(await store.delete({ ...ref, storedBeforeMs: putAtMs })).toBe(false);
    clock.advance(1000);
    await store.put(aPut());
    expect(await store.delete({ ...ref, storedBeforeMs: putAtMs + 1000 })).toBe(false);
    expect(await store.has(ref)).toBe(true);
    expect(await store.delete({ ...ref, storedBeforeMs: putAtMs + 1001 })).toBe(true);
    expect(await store.has(ref)).toBe(false);
    expect(await store.delete({ ...ref, storedBeforeMs: putAtMs + 9000 })).toBe(false);
  },

  'a deletion for age and a put that overlap leave what was put': async ({
    store,
    clock,
    reopen,
  }) => {
    const other = await reopen();
    const ref = await putRef(store);
    for (let round = 0; round < 30; round += 1) {
      clock.advance(1000);
      const storedBeforeMs = clock.nowMs();
      const [put] = await Promise.all([
        store.put(aPut()),
        other.delete({ ...ref, storedBeforeMs }),
        store.has(ref),
        other.get(ref),
      ]);
      expect(put.artifactId).toBe(ref.artifactId);
      expect(await store.get(ref)).toMatchObject({ storedAtMs: storedBeforeMs });
    }
  },

  'a session goes with all it has, and no other does': async ({ store, reopen }) => {
    const neighbour = { ...SESSION, sessionId: 'support-43' };
    await putRef(store, { tier: 'L3' });
    await putRef(store, { tier: 'L4', bytes: text('packed') });
    const kept = await putRef(store, neighbour);
    expect(await store.deleteSession(SESSION)).toBe(2);
    expect(await entries(store)).toEqual([]);
    expect(await (await reopen()).stats(SESSION)).toMatchObject({
      tiers: { L3: { artifacts: 0 }, L4: { artifacts: 0 } },
    });
    expect(await store.has(kept)).toBe(true);
    expect(await store.deleteSession(SESSION)).toBe(0);
    expect((await store.put(aPut())).isNew).toBe(true);
  },

  'a session that goes while it is written to is gone or begins anew': async ({
    store,
    reopen,
  }) => {
    const other = await reopen();
    for (let round = 0; round < 10; round += 1) {
      const puts = Array.from({ length: 6 }, (_, index) =>
        store.put(aPut({ bytes: text(`${round}.${index}`) })),
      );
      await Promise.all([...puts, other.deleteSession(SESSION)]);
      for (const entry of await entries(store)) expect(entry.kind).toBe('artifact');
    }
    await store.deleteSession(SESSION);
    expect(await entries(other)).toEqual([]);
  },
};

/** Listings and figures say what is there. */
export const listingCases: ArtifactCases = {
  'a listing names every artifact once, in the order of ids': async ({ store }) => {
    const contents = Array.from({ length: 20 }, (_, index) => text(`content ${index}`));
    const refs = await Promise.all(contents.map((bytes) => putRef(store, { bytes })));
    const listed = await entries(store);
    const ids = refs.map(({ artifactId }) => artifactId).toSorted();
    expect(listed.map(({ artifactId }) => artifactId)).toEqual(ids);
    const [first] = listed;
    expect(first).toEqual({
      kind: 'artifact',
      ...(await store.head({ ...SESSION, artifactId: ids[0] ?? '' })),
    });
  },

  'M-178: figures count artifacts and bytes by tier': async ({ store }) => {
    await putRef(store, { tier: 'L3', bytes: text('12345') });
    await putRef(store, { tier: 'L4', bytes: PAGE });
    await putRef(store, { tier: 'L4', bytes: text('123') });
    const { backend, isPersistent, tiers, damaged } = await store.stats(SESSION);
    expect({ backend, isPersistent, damaged }).toEqual({
      backend: store.backend,
      isPersistent: store.isPersistent,
      damaged: 0,
    });
    expect(tiers.L3).toMatchObject({ artifacts: 1, sizeBytes: 5 });
    expect(tiers.L4).toMatchObject({ artifacts: 2, sizeBytes: PAGE.length + 3 });
    expect(tiers.L4.storedBytes).toBeGreaterThan(0);
    expect(await store.stats({ ...SESSION, sessionId: 'another' })).toMatchObject({
      tiers: { L3: { artifacts: 0, sizeBytes: 0, storedBytes: 0 } },
    });
  },

  'the sessions that have something are listed, of a tenant or of all, each once': async ({
    store,
    reopen,
  }) => {
    expect(await sessions(store)).toEqual([]);
    expect(await sessions(store, 'acme')).toEqual([]);
    const other = { tenant: 'other', sessionId: SESSION.sessionId };
    const neighbour = { ...SESSION, sessionId: 'support-43' };
    await putRef(store, { tier: 'L3' });
    await putRef(store, { tier: 'L4', bytes: PAGE });
    const theirs = await putRef(store, { ...neighbour, tier: 'L4' });
    await putRef(store, other);
    const names = ['acme/support-42', 'acme/support-43', 'other/support-42'];
    expect(await sessions(await reopen())).toEqual(names);
    expect(await sessions(store, 'acme')).toEqual(names.slice(0, 2));
    expect(await sessions(store, 'nobody')).toEqual([]);
    await store.delete(theirs);
    await store.deleteSession(SESSION);
    expect(await sessions(store)).toEqual(['other/support-42']);
    await putRef(store, neighbour);
    expect(await sessions(store, 'acme')).toEqual(['acme/support-43']);
  },

  'what goes and comes during a listing of sessions does not break it': async ({ store }) => {
    const keys = Array.from({ length: 10 }, (_, index) => ({
      ...SESSION,
      sessionId: `s-${index}`,
    }));
    await Promise.all(keys.map((key) => putRef(store, key)));
    const seen: string[] = [];
    for await (const { tenant, sessionId } of store.listSessions({ tenant: 'acme' })) {
      seen.push(sessionId);
      await store.deleteSession({ tenant, sessionId });
      await putRef(store, { tenant: 'other', sessionId });
    }
    expect(seen.toSorted()).toEqual(keys.map(({ sessionId }) => sessionId));
    expect(await sessions(store, 'acme')).toEqual([]);
    expect(await sessions(store, 'other')).toHaveLength(10);
  },

  'what is deleted during a listing does not break it': async ({ store }) => {
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => putRef(store, { bytes: text(`${index}`) })),
    );
    const seen: string[] = [];
    for await (const { artifactId } of store.list(SESSION)) {
      seen.push(artifactId);
      await store.deleteSession(SESSION);
    }
    expect(seen).toHaveLength(1);
  },
};

async function sessions(store: ArtifactStore, tenant?: string): Promise<readonly string[]> {
  const names: string[] = [];
  const listed = tenant === undefined ? store.listSessions() : store.listSessions({ tenant });
  for await (const key of listed) names.push(`${key.tenant}/${key.sessionId}`);
  return names.toSorted();
}
