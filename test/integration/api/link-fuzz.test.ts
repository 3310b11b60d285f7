import { expect, onTestFinished, test, vi } from 'vitest';
import { openPagefold, type Pagefold, PagefoldError, type Store } from '../../../src/index.ts';
import { createRuntime } from '../../../src/runtime/runtime.ts';
import { aStore } from './a-pagefold.ts';
import { aWatchedStore } from './a-watched-store.ts';

const ROUNDS = Number(process.env['LINK_FUZZ_ROUNDS'] ?? 40);
const FIRST_SEED = Number(process.env['LINK_FUZZ_SEED'] ?? 1);
const STEPS = 5;
const IDS = ['a', 'b', 'c', 'd', 'e', 'g'];
/** Sessions of others belong to nobody, so that most links may be made. */
const OWNERS: Readonly<Record<string, string>> = { a: 'ann', b: 'ann', c: 'bob' };
/** What a step may be told because of what the others do. */
const EXPECTED_CODES = ['SESSION_NOT_FOUND', 'INVALID_SESSION_OPERATION', 'SESSION_ALREADY_EXISTS'];

/** Numbers from 0 to below 1 that follow from the seed. */
function aRandom(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Answers each call a few turns of the event loop later, and has it wait before as well. */
function aSlowStore(store: Store, random: () => number): Store {
  const pause = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 4); turns > 0; turns -= 1)
      await new Promise((resolve) => setImmediate(resolve));
  };
  return aWatchedStore(store, async ({ name, run }) => {
    if (name === 'close') return run();
    await pause();
    const answer = await run();
    await pause();
    return answer;
  });
}

/** Does things to the links of the sessions, one after another; forks join the sessions once they are made. */
async function meddle(pagefold: Pagefold, known: string[], random: () => number): Promise<void> {
  const pick = (): string => known[Math.floor(random() * known.length)]!;
  const steps: ((id: string, name: string) => Promise<unknown>)[] = [
    (id) => pagefold.session(id).family.addChild(pick()),
    (id) => pagefold.session(id).family.addChild(pick()),
    (id) => pagefold.session(id).family.addChild(pick()),
    (id) => pagefold.session(id).family.removeChild(pick()),
    (id) => pagefold.session(id).delete(),
    (id) => pagefold.session(id).delete({ children: 'cascade' }),
    (id) => pagefold.erase({ tenant: 'default', userId: OWNERS[id] ?? 'bob' }),
    (id) => pagefold.session(pick(), { parentId: id }).userSays('x'),
    async (id, name) => {
      await pagefold.session(id).fork({ sessionId: name });
      known.push(name);
    },
  ];
  for (let step = 0; step < STEPS; step += 1) {
    const name = `fork-${random().toString(36).slice(2, 8)}`;
    try {
      // In order: what runs at the same time is what the others do.
      await steps[Math.floor(random() * steps.length)]!(pick(), name);
    } catch (error) {
      if (!PagefoldError.isInstance(error) || !EXPECTED_CODES.includes(error.code)) throw error;
    }
  }
}

type Links = ReadonlyMap<
  string,
  { readonly parentId: string | null; readonly childIds: readonly string[] }
>;

/** All that is wrong with the links of what is there. */
async function faultsOf(pagefold: Pagefold): Promise<readonly string[]> {
  const faults: string[] = [];
  const links = new Map<string, { parentId: string | null; childIds: readonly string[] }>();
  for (const { key } of (await pagefold.listSessions({ limit: 1000 })).heads) {
    const { sessionId } = key;
    try {
      const { parentId, childIds } = await pagefold.session(sessionId).getSession();
      links.set(sessionId, { parentId, childIds });
    } catch (error) {
      faults.push(`${sessionId} cannot be read: ${String(error)}`);
    }
  }
  for (const id of links.keys()) faults.push(...faultsAround(links, id));
  return faults;
}

function faultsAround(links: Links, id: string): readonly string[] {
  const { parentId, childIds } = links.get(id)!;
  const faults = childIds
    .filter((childId) => links.get(childId)?.parentId !== id)
    .map((childId) => `${id} lists ${childId}`);
  if (parentId !== null && links.get(parentId)?.childIds.includes(id) !== true)
    faults.push(`${id} names ${parentId}, which does not list it or is gone`);
  const line = new Set([id]);
  for (let at = parentId; at !== null; at = links.get(at)?.parentId ?? null) {
    if (line.has(at)) return [...faults, `${at} is its own ancestor`];
    line.add(at);
  }
  return faults;
}

async function round(seed: number): Promise<readonly string[]> {
  const random = aRandom(seed);
  const store = aStore();
  const open = (): Promise<Pagefold> =>
    openPagefold({ store: aSlowStore(store, random), tokens: 'estimate' });
  const [mine, theirs] = await Promise.all([open(), open()]);
  const known = [...IDS];
  for (const id of IDS) await mine.session(id, { userId: OWNERS[id] ?? null }).userSays('x');
  await Promise.all(
    [mine, theirs, mine, theirs].map((pagefold) => meddle(pagefold, known, random)),
  );
  await Promise.all([mine.flush(), theirs.flush()]);
  await Promise.all([mine.close(), theirs.close()]);
  await sweepLater(store);
  const later = await openPagefold({ store, tokens: 'estimate' });
  const faults = await faultsOf(later);
  await later.close();
  return faults.map((fault) => `seed ${seed}: ${fault}`);
}

/** What is left in the outbox is done when it is due. */
async function sweepLater(store: Store): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  const runtime = createRuntime({ store, tokens: 'estimate' });
  await runtime.followUps.sweep();
  await runtime.close({ timeoutMs: 1000 });
  expect((await store.stats()).outboxEntries).toBe(0);
  vi.useRealTimers();
}

test(
  'W-17: W-32: links agree on both sides whatever several do to them at once',
  { timeout: 600_000 },
  async () => {
    const faults: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed += 1)
      faults.push(...(await round(seed)));

    expect(faults).toEqual([]);
  },
);
