import { expect } from 'vitest';
import {
  ARTIFACT_TIERS,
  type ArtifactStore,
  type ListedArtifact,
} from '../../artifacts/artifact-store.ts';
import { type ArtifactCases, aPut, noise, putRef, SESSION, text } from './artifact-subject.ts';

const LENGTHS = [0, 1, 1000, 262_143, 262_144, 262_145, 700_000] as const;
const MISSING = { ...SESSION, artifactId: '0'.repeat(64) } as const;

/** What is put comes back as it was, once. */
export const contentCases: ArtifactCases = {
  'content of any length comes back from either tier': async ({ store }) => {
    for (const tier of ARTIFACT_TIERS) {
      for (const [index, length] of LENGTHS.entries()) {
        const bytes = noise(length, index + 1);
        const metadata = { length, names: ['ä', '猫'], __proto__: null, nested: { a: [1] } };
        const ref = await putRef(store, { tier, bytes, metadata, mimeType: `test/${tier}` });
        const artifact = await store.get(ref);
        expect(artifact).toMatchObject({ tier, metadata: { length }, sizeBytes: length });
        expect(Buffer.from(artifact?.bytes ?? []).equals(bytes)).toBe(true);
      }
    }
  },

  'the same content is kept once, under the same id': async ({ store, reopen }) => {
    const first = await store.put(aPut({ tier: 'L3' }));
    const again = await (await reopen()).put(aPut({ tier: 'L3' }));
    expect(first.isNew).toBe(true);
    expect(again).toEqual({ artifactId: first.artifactId, isNew: false });
    expect((await store.stats(SESSION)).tiers.L3.artifacts).toBe(1);
    expect(first.artifactId).toMatch(/^[0-9a-f]{64}$/);
  },

  'the same bytes of another type are another artifact': async ({ store }) => {
    const plain = await putRef(store);
    const html = await putRef(store, { mimeType: 'text/html' });
    expect(html.artifactId).not.toBe(plain.artifactId);
    expect(await store.head(plain)).toMatchObject({ mimeType: 'text/plain' });
    expect(await store.head(html)).toMatchObject({ mimeType: 'text/html' });
  },

  'the latest put decides about metadata and time': async ({ store, clock }) => {
    const ref = await putRef(store, { metadata: { step: 1 } });
    const before = await store.head(ref);
    clock.advance(5000);
    await store.put(aPut({ metadata: { step: 2 } }));
    clock.advance(5000);
    expect(await store.head(ref)).toMatchObject({ metadata: { step: 2 } });
    await store.put(aPut({ metadata: { step: 2 } }));
    const after = await store.head(ref);
    expect(after?.metadata).toEqual({ step: 2 });
    expect(after?.storedAtMs).toBe((before?.storedAtMs ?? NaN) + 10_000);
  },

  'W-75: bytes that a caller changes later stay as they were': async ({ store }) => {
    const bytes = text('as it was');
    const metadata = { note: 'as it was' };
    const putting = store.put(aPut({ bytes, metadata }));
    bytes.fill(0);
    metadata.note = 'changed';
    const ref = { ...SESSION, ...(await putting) };
    const { artifactId } = ref;
    const found = await store.get({ ...SESSION, artifactId });
    found?.bytes.fill(0);
    const again = await store.get({ ...SESSION, artifactId });
    expect(new TextDecoder().decode(again?.bytes)).toBe('as it was');
    expect(again?.metadata).toEqual({ note: 'as it was' });
  },

  'what is not there is null or false': async ({ store }) => {
    expect(await store.get(MISSING)).toBeNull();
    expect(await store.getRange({ ...MISSING, offset: 0, length: 1 })).toBeNull();
    expect(await store.head(MISSING)).toBeNull();
    expect(await store.has(MISSING)).toBe(false);
    expect(await store.move({ ...MISSING, tier: 'L4' })).toBe(false);
    expect(await store.delete(MISSING)).toBe(false);
    expect(await store.deleteSession(SESSION)).toBe(0);
    expect(await entries(store)).toEqual([]);
  },

  'puts of equal and of different content may overlap': async ({ store, reopen }) => {
    const stores = [store, await reopen(), await reopen()];
    const contents = Array.from({ length: 24 }, (_, index) => noise(2000, (index % 6) + 1));
    const results = await Promise.all(
      contents.map((bytes, index) => (stores[index % stores.length] ?? store).put(aPut({ bytes }))),
    );
    const ids = new Set(results.map((result) => result.artifactId));
    expect(ids.size).toBe(6);
    expect(await entries(store)).toHaveLength(6);
    for (const [index, result] of results.entries()) {
      const found = await store.get({ ...SESSION, artifactId: result.artifactId });
      expect(found?.bytes).toEqual(contents[index]);
    }
  },

  'another process finds all of it': async ({ store, reopen }) => {
    const ref = await putRef(store, { tier: 'L4', bytes: noise(300_000) });
    const other = await reopen();
    const found = await other.get(ref);
    expect(Buffer.from(found?.bytes ?? []).equals(noise(300_000))).toBe(true);
    expect(await other.stats(SESSION)).toEqual(await store.stats(SESSION));
  },
};

/** Parts of artifacts are read without the rest. */
export const rangeCases: ArtifactCases = {
  'ranges end with the content, from either tier': async ({ store }) => {
    const bytes = noise(600_000);
    const ranges = [
      [0, 0],
      [0, 10],
      [262_140, 8],
      [262_144, 262_144],
      [100, 590_000],
      [599_990, 100],
      [600_000, 5],
      [900_000, 5],
      [0, Number.MAX_SAFE_INTEGER],
    ] as const;
    for (const tier of ARTIFACT_TIERS) {
      const ref = await putRef(store, { tier, bytes });
      for (const [offset, length] of ranges) {
        const part = await store.getRange({ ...ref, offset, length });
        const wanted = bytes.subarray(offset, offset + length);
        expect(Buffer.from(part ?? []).equals(wanted), `${offset}+${length}`).toBe(true);
      }
    }
  },

  'an empty artifact has an empty range': async ({ store }) => {
    const ref = await putRef(store, { bytes: new Uint8Array() });
    expect(await store.getRange({ ...ref, offset: 0, length: 5 })).toEqual(new Uint8Array());
  },
};

/** The listing of the session that tests use. */
export async function entries(store: ArtifactStore): Promise<readonly ListedArtifact[]> {
  const found: ListedArtifact[] = [];
  for await (const entry of store.list(SESSION)) found.push(entry);
  return found;
}
