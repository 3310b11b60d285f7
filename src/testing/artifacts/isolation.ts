import { expect } from 'vitest';
import type { ArtifactRef } from '../../artifacts/artifact-store.ts';
import {
  type ArtifactCases,
  aPut,
  putRef,
  refusedCode,
  SESSION,
  text,
} from './artifact-subject.ts';

/** Ids that would collide, or mean something to a file system, where they are put together without care. */
const AWKWARD_PAIRS = [
  ['a', 'b/c'],
  ['a/b', 'c'],
  ['a', 'b\\c'],
  ['..', 'a'],
  ['a', '..'],
  ['.', '.'],
  ['a', '../../../../etc'],
  ['/', '/etc/passwd'],
  ['C:\\', 'con'],
  ['a', 'nul'],
  ['A', 'B'],
  ['a', 'b'],
  ['a', 'b '],
  ['a', 'b.'],
  ['a', '~'],
  ['a', '%2e%2e'],
  ['__proto__', 'constructor'],
  ['ä', 'b'],
  ['a\u0308', 'b'],
  ['猫', '🐈'],
  ['t'.repeat(128), '猫'.repeat(256)],
  ['t'.repeat(128), `${'猫'.repeat(255)}犬`],
] as const;

/** One session's artifacts are out of another session's reach. */
export const isolationCases: ArtifactCases = {
  'an id of one session or tenant reaches nothing in another': async ({ store }) => {
    const ours = await putRef(store);
    const strangers: readonly ArtifactRef[] = [
      { ...ours, sessionId: 'support-43' },
      { ...ours, tenant: 'other' },
    ];
    for (const ref of strangers) {
      expect(await store.get(ref)).toBeNull();
      expect(await store.getRange({ ...ref, offset: 0, length: 4 })).toBeNull();
      expect(await store.head(ref)).toBeNull();
      expect(await store.has(ref)).toBe(false);
      expect(await store.move({ ...ref, tier: 'L4' })).toBe(false);
      expect(await store.delete(ref)).toBe(false);
      expect(await store.deleteSession(sessionOf(ref))).toBe(0);
    }
    expect(await store.get(ours)).toMatchObject({ tier: 'L3', sizeBytes: 12 });
  },

  'no pair of awkward ids reaches another, or out of the store': async ({ store }) => {
    const keys = AWKWARD_PAIRS.map(([tenant, sessionId]) => ({ tenant, sessionId }));
    const refs = await Promise.all(
      keys.map((key, index) => putRef(store, { ...key, bytes: text(`content ${index}`) })),
    );
    for (const [index, ref] of refs.entries()) {
      expect((await store.get(ref))?.bytes).toEqual(text(`content ${index}`));
      expect((await store.stats(sessionOf(ref))).tiers.L3.artifacts).toBe(1);
    }
    const listed: string[] = [];
    for await (const { tenant, sessionId } of store.listSessions())
      listed.push(JSON.stringify([tenant, sessionId]));
    expect(listed.toSorted()).toEqual(AWKWARD_PAIRS.map((pair) => JSON.stringify(pair)).toSorted());
    await Promise.all(refs.slice(1).map((ref) => store.deleteSession(sessionOf(ref))));
    expect((await store.get(refs[0] ?? { ...SESSION, artifactId: '' }))?.sizeBytes).toBe(9);
  },
};

/** Values out of range are refused by name. */
export const invalidCases: ArtifactCases = {
  'ids that are none are refused': async ({ store }) => {
    const ref = await putRef(store);
    for (const artifactId of ['', '..', '../x', 'A'.repeat(64), '0'.repeat(63), '0'.repeat(65)]) {
      const wrong = { ...ref, artifactId };
      const range = { ...wrong, offset: 0, length: 1 };
      for (const call of [
        store.get(wrong),
        store.getRange(range),
        store.head(wrong),
        store.has(wrong),
        store.move({ ...wrong, tier: 'L4' }),
        store.delete(wrong),
      ])
        expect(await refusedCode(call)).toBe('INVALID_INPUT params.artifactId');
    }
    for (const sessionId of ['', 's'.repeat(257), 'a\u0000b', '\ud800'])
      expect(await refusedCode(store.put(aPut({ sessionId })))).toBe(
        'INVALID_INPUT params.sessionId',
      );
    expect(await refusedCode(store.stats({ ...SESSION, tenant: 't'.repeat(129) }))).toBe(
      'INVALID_INPUT params.tenant',
    );
    expect(await refusedCode(store.deleteSession({ ...SESSION, tenant: '' }))).toBe(
      'INVALID_INPUT params.tenant',
    );
    expect(() => store.listSessions({ tenant: '' })).toThrow('params.tenant');
  },

  'what cannot be stored is refused': async ({ store }) => {
    const long = { note: 'x'.repeat(70_000) };
    const wrong = [
      [{ mimeType: '' }, 'mimeType'],
      [{ mimeType: 'text' }, 'mimeType'],
      [{ mimeType: 'text/plain\nx' }, 'mimeType'],
      [{ mimeType: `text/${'x'.repeat(260)}` }, 'mimeType'],
      [{ metadata: long }, 'metadata'],
      [{ bytes: 'text' as unknown as Uint8Array }, 'bytes'], // what JavaScript may pass
      [{ tier: 'L2' as unknown as 'L3' }, 'tier'],
      [{ extra: 1 } as object, 'extra'],
    ] as const;
    for (const [parts, field] of wrong)
      expect(await refusedCode(store.put(aPut(parts)))).toBe(`INVALID_INPUT params.${field}`);
    const ref = await putRef(store);
    expect(await refusedCode(store.getRange({ ...ref, offset: -1, length: 1 }))).toBe(
      'INVALID_INPUT params.offset',
    );
    expect(await refusedCode(store.getRange({ ...ref, offset: 0, length: 0.5 }))).toBe(
      'INVALID_INPUT params.length',
    );
  },
};

function sessionOf({ tenant, sessionId }: ArtifactRef): Pick<ArtifactRef, 'tenant' | 'sessionId'> {
  return { tenant, sessionId };
}
