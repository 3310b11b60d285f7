import fc from 'fast-check';
import { expect } from 'vitest';
import type { SessionKey } from '../../domain/ids.ts';
import type { HistoryPoint, LoadResult, Store, TimeToLive } from '../../store/store.ts';
import { expiryOf, StoreModel } from './model.ts';
import {
  compareAppend,
  KNOWLEDGE,
  type Knowledge,
  knownPoint,
  learnPoint,
} from './model-append.ts';
import { NUMBERINGS } from './operation-numbers.ts';
import { type CreateStore, type StoreSubject, withStore } from './store-subject.ts';

type StoreCommand = fc.AsyncCommand<StoreModel, StoreSubject>;
type RunCommand = (model: StoreModel, subject: StoreSubject) => Promise<void>;

const TENANTS = ['acme', 'zeta'] as const;
const MAX_COMMANDS = 50;

/** Fifty of these stay within the retry horizon, so the model need not forget writers. */
const MAX_ADVANCE_MS = 10_000;

const key: fc.Arbitrary<SessionKey> = fc.record({
  tenant: fc.constantFrom(...TENANTS),
  sessionId: fc.constantFrom('a', 'b'),
});
const lifeMs: fc.Arbitrary<number | null> = fc.option(fc.integer({ min: 0, max: 20_000 }), {
  freq: 2,
});
const timeToLive: fc.Arbitrary<TimeToLive> = fc.record({ absoluteMs: lifeMs, slidingMs: lifeMs });
const lifeParts: fc.Arbitrary<Partial<TimeToLive>> = fc.record(
  { absoluteMs: lifeMs, slidingMs: lifeMs },
  { requiredKeys: [] },
);
const removal = fc.record({
  key,
  /** How far the version that is named is from the true one; null for none that is named. */
  versionOffset: fc.option(fc.integer({ min: -1, max: 1 }), { freq: 2 }),
});
const knowledge: fc.Arbitrary<Knowledge> = fc.constantFrom(...KNOWLEDGE);

/**
 * Compares a store with the reference model over random sequences of calls, shrunk to the shortest that differs.
 * @throws what fast-check throws: an error with the seed and the sequence.
 */
export async function checkAgainstModel(create: CreateStore, runs: number): Promise<void> {
  const property = fc.asyncProperty(
    fc.commands([...commands()], { maxCommands: MAX_COMMANDS }),
    (sequence) =>
      withStore(create, async (subject) => {
        const model = new StoreModel(subject.clock.nowMs());
        await fc.asyncModelRun(() => ({ model, real: subject }), sequence);
      }),
  );
  await fc.assert(property, { numRuns: runs });
}

function commands(): readonly fc.Arbitrary<StoreCommand>[] {
  const append = fc.record({
    key,
    knowledge,
    timeToLive,
    writer: fc.constantFrom('w1', 'w2'),
    numbering: fc.constantFrom(...NUMBERINGS),
    mode: fc.constantFrom('any' as const, 'expected' as const),
    count: fc.integer({ min: 1, max: 3 }),
  });
  // Without a share of plain appends most sequences would consist of refusals.
  const plain = append.map((parts) => ({
    ...parts,
    knowledge: 'latest' as const,
    numbering: 'next' as const,
  }));
  return [
    named('append', append, compareAppend),
    named('append', plain, compareAppend),
    named('load', fc.record({ key, knowledge }), compareLoad),
    named('read', key, compareLog),
    named('remove', removal, async ({ key: one, versionOffset }, model, { store }) => {
      const length = model.find(one)?.records.length ?? 0;
      const version = versionOffset === null ? undefined : Math.max(1, length + versionOffset);
      const isRemoved = await store.remove(
        version === undefined ? { key: one } : { key: one, version },
      );
      expect(isRemoved).toBe(model.remove(one, version));
    }),
    named('setTimeToLive', lifeChange('set'), compareLife),
    named('setTimeToLive', lifeChange('prolong'), compareLife),
    named(
      'advance',
      fc.integer({ min: 1, max: MAX_ADVANCE_MS }),
      async (ms, model, { advance }) => {
        await advance(ms);
        model.advance(ms);
      },
    ),
    named('list', fc.integer({ min: 1, max: 3 }), compareLists),
    named('sweep', fc.constant(100), async (limit, _model, { store }) => {
      expect(await store.sweep({ limit })).toBeLessThanOrEqual(limit);
    }),
  ];
}

interface LifeChange {
  readonly key: SessionKey;
  /** Whose life it is: that of whatever is there, of the session that is known to be, or of the one before it. */
  readonly whose: 'any' | 'present' | 'former';
  readonly timeToLive: Partial<TimeToLive>;
  readonly mode: 'set' | 'prolong';
}

function lifeChange(mode: LifeChange['mode']): fc.Arbitrary<LifeChange> {
  const whose = fc.constantFrom('any' as const, 'present' as const, 'former' as const);
  return fc.record({ key, whose, timeToLive: lifeParts, mode: fc.constant(mode) });
}

async function compareLife(
  { whose, ...wanted }: LifeChange,
  model: StoreModel,
  { store }: StoreSubject,
): Promise<void> {
  const meant = whose === 'present' ? model.find(wanted.key) : model.findGone(wanted.key);
  const incarnation =
    whose === 'any' ? undefined : meant?.points.values().next().value?.incarnation;
  const isSet = await store.setTimeToLive({
    ...wanted,
    ...(incarnation === undefined ? {} : { incarnation }),
  });
  const isFormer = whose === 'former' && incarnation !== undefined;
  expect(isSet).toBe(!isFormer && model.limitLife(wanted.key, wanted.timeToLive, wanted.mode));
  const head = await store.head({ key: wanted.key });
  const session = model.find(wanted.key);
  const [expiresAtMs, limitAtMs] =
    session === undefined ? [] : [expiryOf(session), session.deadlineMs].map(timeOrNull);
  expect([head?.expiresAtMs, head?.limitAtMs]).toEqual([expiresAtMs, limitAtMs]);
}

function timeOrNull(atMs: number): number | null {
  return atMs === Infinity ? null : atMs;
}

function named<Parts>(
  name: string,
  parts: fc.Arbitrary<Parts>,
  run: (parts: Parts, model: StoreModel, subject: StoreSubject) => Promise<void>,
): fc.Arbitrary<StoreCommand> {
  return parts.map((value) => {
    const runCommand: RunCommand = (model, subject) => run(value, model, subject);
    return {
      check: () => true,
      run: runCommand,
      toString: () => `${name}(${JSON.stringify(value)})`,
    };
  });
}

async function compareLoad(
  wanted: { readonly key: SessionKey; readonly knowledge: Knowledge },
  model: StoreModel,
  { store }: StoreSubject,
): Promise<void> {
  const known = knownPoint(model, wanted.key, wanted.knowledge);
  const result = await store.load({ key: wanted.key, ...(known === null ? {} : { known }) });
  expect(result.kind).toBe(expectedLoad(model, wanted.key, known));
  if (result.kind !== 'found') return;
  const session = model.find(wanted.key);
  learnPoint(session, result.point);
  expect(result.tail.records).toEqual(session?.records.slice(known?.version ?? 0));
  expect(result.expiresAtMs ?? Infinity).toBe(expiryOf(session));
}

function expectedLoad(
  model: StoreModel,
  one: SessionKey,
  known: HistoryPoint | null,
): LoadResult['kind'] {
  const session = model.find(one);
  if (session === undefined) {
    if (known === null) return 'missing';
    return model.findGone(one) === undefined ? 'regressed' : 'gone';
  }
  if (known === null) return 'found';
  if (!model.isOf(session, known)) return 'gone';
  return model.hasPassed(session, known) ? 'found' : 'regressed';
}

async function compareLog(
  one: SessionKey,
  model: StoreModel,
  { store }: StoreSubject,
): Promise<void> {
  const page = await store.read({ key: one, fromPosition: 1, limit: 1000 });
  expect(page?.records).toEqual(model.find(one)?.records);
  const usage = await store.tenantUsage({ tenant: one.tenant });
  expect(usage.events).toBe(model.eventsOf(one.tenant));
}

async function compareLists(
  limit: number,
  model: StoreModel,
  { store }: StoreSubject,
): Promise<void> {
  for (const tenant of TENANTS) {
    const created = model.sessionsOf(tenant);
    const updated = created.toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
    // In order, so that a failure names the tenant and the order.
    expect(await listAll(store, { tenant, order: 'created', limit })).toEqual(
      created.map((one) => one.key.sessionId),
    );
    expect(await listAll(store, { tenant, order: 'updated', limit })).toEqual(
      updated.map((one) => one.key.sessionId),
    );
  }
}

async function listAll(
  store: Store,
  params: {
    readonly tenant: string;
    readonly order: 'created' | 'updated';
    readonly limit: number;
  },
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    // In order: each page says where the next one begins.
    const page = await store.list({ ...params, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.heads.map((head) => head.key.sessionId));
    cursor = page.cursor;
  }
  return ids;
}
