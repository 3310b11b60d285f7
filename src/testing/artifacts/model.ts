import fc from 'fast-check';
import { expect } from 'vitest';
import {
  ARTIFACT_TIERS,
  type ArtifactTier,
  type ArtifactRef,
} from '../../artifacts/artifact-store.ts';
import {
  type ArtifactSubject,
  aPut,
  type CreateArtifactStore,
  noise,
  withArtifactStore,
} from './artifact-subject.ts';

const MAX_STEPS = 30;
/** Of the contents that the calls are about; the longest have several chunks. */
const LENGTHS = [0, 10, 5000, 300_000] as const;

interface ModelArtifact {
  readonly content: number;
  readonly tier: ArtifactTier;
  readonly note: number;
  readonly storedAtMs: number;
}

/** One call; `content` says which artifact it is about. */
type Step =
  | { readonly kind: 'put'; readonly tier: ArtifactTier | undefined; readonly note: number }
  | { readonly kind: 'get' }
  | { readonly kind: 'range'; readonly offset: number; readonly length: number }
  | { readonly kind: 'move'; readonly tier: ArtifactTier }
  | { readonly kind: 'delete'; readonly age: number | null }
  | { readonly kind: 'deleteSession' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'reopen' };

interface Place {
  readonly sessionId: string;
  readonly content: number;
}

const tier = fc.constantFrom(...ARTIFACT_TIERS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      tier: fc.option(tier, { nil: undefined }),
      note: fc.nat(2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('get' as const) }) },
  fc.record({
    kind: fc.constant('range' as const),
    offset: fc.nat(400_000),
    length: fc.nat(400_000),
  }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), tier }) },
  fc.record({ kind: fc.constant('delete' as const), age: fc.option(fc.nat(2000)) }),
  fc.record({ kind: fc.constant('deleteSession' as const) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(1000) }),
  fc.record({ kind: fc.constant('reopen' as const) }),
);
const place: fc.Arbitrary<Place> = fc.record({
  sessionId: fc.constantFrom('a', 'b'),
  content: fc.nat(LENGTHS.length - 1),
});

/**
 * Compares an artifact store with a map over random sequences of calls, shrunk to the shortest that differs.
 * @throws what fast-check throws: an error with the seed and the sequence.
 */
export async function checkAgainstArtifactModel(
  create: CreateArtifactStore,
  runs: number,
): Promise<void> {
  const sequence = fc.array(fc.tuple(place, step), { maxLength: MAX_STEPS });
  const property = fc.asyncProperty(sequence, (steps) =>
    withArtifactStore(create, async (subject) => {
      const run: ModelRun = { subject, store: subject.store, held: new Map(), ids: new Map() };
      // Each call sees what the one before left.
      for (const [at, one] of steps) await runStep(run, at, one);
    }),
  );
  await fc.assert(property, { numRuns: runs });
}

/** One sequence as it goes on. */
interface ModelRun {
  readonly subject: ArtifactSubject;
  /** What the store should hold, by session and content. */
  readonly held: Map<string, ModelArtifact>;
  /** The ids that contents were given. */
  readonly ids: Map<number, string>;
  store: ArtifactSubject['store'];
}

type ArtifactStep = Extract<Step, { readonly kind: 'get' | 'range' | 'move' | 'delete' }>;

async function runStep(run: ModelRun, at: Place, one: Step): Promise<void> {
  switch (one.kind) {
    case 'put':
      return comparePut(run, at, one);
    case 'wait':
      return run.subject.clock.advance(one.ms);
    case 'reopen':
      run.store = await run.subject.reopen();
      return undefined;
    case 'deleteSession':
      return compareDeleteSession(run, at);
    case 'get':
    case 'range':
    case 'move':
    case 'delete':
      return compareArtifact(run, at, one);
  }
}

async function comparePut(
  { subject, store, held, ids }: ModelRun,
  at: Place,
  one: Extract<Step, { readonly kind: 'put' }>,
): Promise<void> {
  const { sessionId, content } = at;
  const before = held.get(nameOf(at));
  const params = { sessionId, bytes: bytesOf(content), metadata: { note: one.note } };
  const { artifactId, isNew } = await store.put(aPut({ ...params, tier: one.tier }));
  expect(isNew).toBe(before === undefined);
  expect(ids.get(content) ?? artifactId).toBe(artifactId);
  ids.set(content, artifactId);
  held.set(nameOf(at), {
    content,
    tier: one.tier ?? before?.tier ?? 'L3',
    note: one.note,
    storedAtMs: subject.clock.nowMs(),
  });
}

async function compareArtifact(run: ModelRun, at: Place, one: ArtifactStep): Promise<void> {
  const { subject, store, held, ids } = run;
  const artifactId = ids.get(at.content) ?? '0'.repeat(64);
  const ref: ArtifactRef = { tenant: aPut().tenant, sessionId: at.sessionId, artifactId };
  const found = held.get(nameOf(at));
  switch (one.kind) {
    case 'get':
      return compareGet(store, ref, found);
    case 'range': {
      const part = await store.getRange({ ...ref, offset: one.offset, length: one.length });
      const wanted = found && bytesOf(found.content).subarray(one.offset, one.offset + one.length);
      expect(isSame(part, wanted ?? null)).toBe(true);
      return;
    }
    case 'move':
      expect(await store.move({ ...ref, tier: one.tier })).toBe(found !== undefined);
      if (found !== undefined) held.set(nameOf(at), { ...found, tier: one.tier });
      return;
    case 'delete': {
      const storedBeforeMs = one.age === null ? undefined : subject.clock.nowMs() - one.age;
      const goes = found !== undefined && found.storedAtMs < (storedBeforeMs ?? Infinity);
      expect(await store.delete({ ...ref, storedBeforeMs })).toBe(goes);
      if (goes) held.delete(nameOf(at));
    }
  }
}

async function compareGet(
  store: ModelRun['store'],
  ref: ArtifactRef,
  found: ModelArtifact | undefined,
): Promise<void> {
  const artifact = await store.get(ref);
  expect(await store.has(ref)).toBe(found !== undefined);
  expect(isSame(artifact?.bytes ?? null, found ? bytesOf(found.content) : null)).toBe(true);
  if (artifact === null || found === undefined) return;
  const { tier: where, note, storedAtMs } = found;
  const { bytes: _bytes, ...info } = artifact;
  expect(info).toMatchObject({ tier: where, metadata: { note }, storedAtMs });
}

async function compareDeleteSession(
  { store, held }: ModelRun,
  { sessionId }: Place,
): Promise<void> {
  const names = [...held.keys()].filter((name) => name.startsWith(`${sessionId}/`));
  const key = { tenant: aPut().tenant, sessionId };
  const { tiers } = await store.stats(key);
  expect(tiers.L3.artifacts + tiers.L4.artifacts).toBe(names.length);
  expect(await store.deleteSession(key)).toBe(names.length);
  for (const name of names) held.delete(name);
}

function isSame(left: Uint8Array | null, right: Uint8Array | null): boolean {
  if (left === null || right === null) return left === right;
  return Buffer.from(left).equals(right);
}

function nameOf({ sessionId, content }: Place): string {
  return `${sessionId}/${content}`;
}

const CONTENTS: readonly Uint8Array[] = LENGTHS.map((length, index) => noise(length, index + 1));

function bytesOf(content: number): Uint8Array {
  return CONTENTS[content] ?? new Uint8Array();
}
