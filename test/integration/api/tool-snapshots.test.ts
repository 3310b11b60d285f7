import { onTestFinished, expect, test } from 'vitest';
import type { ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import type { RuntimeWarning, Store, ToolStateOptions } from '../../../src/index.ts';
import {
  createEncryptedStore,
  createKeyRing,
  createMemoryArtifactStore,
  createMemoryStore,
  SessionTools,
} from '../../../src/index.ts';
import { aPagefold } from './a-pagefold.ts';

const ROOMY = { limits: { executionBudget: 9_999, toolBudgetTotal: 9_999 } } as const;
const KEY = { tenant: 'default', sessionId: 's' } as const;

interface World {
  readonly store: Store;
  readonly artifacts: ArtifactStore;
  readonly warnings: RuntimeWarning[];
}

function aWorld(): World {
  const store = createMemoryStore();
  onTestFinished(() => store.close());
  return { store, artifacts: createMemoryArtifactStore(), warnings: [] };
}

async function openTools(
  { store, artifacts, warnings }: World,
  options: ToolStateOptions = ROOMY,
): Promise<{ readonly tools: SessionTools; readonly say: (text: string) => Promise<unknown> }> {
  const onWarning = (warning: RuntimeWarning): unknown => warnings.push(warning);
  const pagefold = await aPagefold({ store, artifacts, onWarning });
  const session = pagefold.session('s');
  return {
    tools: await SessionTools.open(session, options),
    say: async (text) => session.userSays(text),
  };
}

function bound(target: Store, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}

async function call(tools: SessionTools, from: number, count: number): Promise<void> {
  for (let index = from; index < from + count; index += 1) {
    // In order: the log is the order of the calls.
    const report = await tools.begin('find', { shoe: `shoe ${index}`, factor: index * 1.37 });
    await tools.finish({ report, result: { price: index + 0.5 }, callId: `c${index}` });
  }
}

async function stored({ artifacts }: World): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { artifactId } of artifacts.list(KEY)) ids.push(artifactId);
  return ids;
}

test('G-77: a long session opens from a snapshot and its tail, with the state that its whole log has', async () => {
  const world = aWorld();
  const { tools, say } = await openTools(world);
  await say('find 3 shoes');
  await call(tools, 0, 300);
  await say('and 12 more');
  await call(tools, 300, 400);
  expect(await stored(world)).toHaveLength(1);

  const { store } = world;
  const reads: number[] = [];
  const watched = new Proxy(store, {
    get: (target, name) =>
      name === 'read'
        ? (params: Parameters<Store['read']>[0]) => {
            // The first record alone says whose log it is.
            if (params.limit > 1) reads.push(params.fromPosition);
            return target.read(params);
          }
        : bound(target, name),
  });
  const { tools: later } = await openTools({ ...world, store: watched });
  const { tools: whole } = await openTools({ ...world, artifacts: createMemoryArtifactStore() });

  expect(reads.length).toBeGreaterThan(0);
  expect(Math.min(...reads)).toBeGreaterThan(400);
  expect(later.state.snapshot()).toEqual(whole.state.snapshot());
  expect(later.state.snapshot()).toEqual(tools.state.snapshot());
  expect([later.turn, later.goal]).toEqual([whole.turn, 'and 12 more']);
  const report = await later.begin('find', { shoe: 'one more', price: '$v700' });
  expect(report).toEqual(await whole.begin('find', { shoe: 'one more', price: '$v700' }));
  expect(world.warnings).toEqual([]);
});

test('what is not in the log is in no snapshot', async () => {
  const world = aWorld();
  const { tools, say } = await openTools(world);
  await say('go');
  tools.state.bindValue('by hand', {}, 5);
  const open = await tools.begin('slow', { x: 77.5 });
  await call(tools, 0, 300);
  expect(await stored(world)).toHaveLength(1);

  const { tools: later } = await openTools(world);
  const { tools: whole } = await openTools({ ...world, artifacts: createMemoryArtifactStore() });
  expect(later.state.snapshot()).toEqual(whole.state.snapshot());
  expect(later.state.getBudgetStatus().execution.used).toBe(300);
  tools.release(open);
});

test.each([
  ['gone', async ({ artifacts }: World) => artifacts.deleteSession(KEY), 0],
  [
    'damaged',
    async ({ artifacts }: World) => {
      Object.assign(artifacts, {
        get: async () => ({ bytes: Buffer.from('{"version":1,"lifeId":') }),
      });
    },
    1,
  ],
  [
    'of another form',
    async ({ artifacts }: World) => {
      Object.assign(artifacts, { get: async () => ({ bytes: Buffer.from('{"version":9}') }) });
    },
    1,
  ],
])('a snapshot that is %s makes no difference', async (_name, harm, warned) => {
  const world = aWorld();
  const { tools, say } = await openTools(world);
  await say('go');
  await call(tools, 0, 300);
  await harm(world);

  const { tools: later } = await openTools(world);
  expect(later.state.snapshot()).toEqual(tools.state.snapshot());
  expect(world.warnings.map(({ code }) => code)).toEqual(
    Array.from({ length: warned }, () => 'TOOL_SNAPSHOT_UNUSABLE'),
  );
});

test('a store of artifacts that fails keeps no call from being recorded', async () => {
  const world = aWorld();
  Object.assign(world.artifacts, { put: () => Promise.reject(new Error('no room')) });
  const { tools, say } = await openTools(world);
  await say('go');
  await call(tools, 0, 300);

  expect(tools.state.getBudgetStatus().execution.used).toBe(300);
  expect(world.warnings.map(({ code }) => code)).toEqual(['TOOL_SNAPSHOT_FAILED']);
});

test('other options fold the log anew', async () => {
  const world = aWorld();
  const { tools, say } = await openTools(world);
  await say('go');
  await call(tools, 0, 300);

  const { tools: later } = await openTools(world, { ...ROOMY, bindings: { maxBindings: 4 } });
  expect(later.state.bindings.size).toBe(4);
  expect(later.state.bindings.nextNumber).toBe(tools.state.bindings.nextNumber);
});

test('a session that took the id of another knows nothing of its tools', async () => {
  const world = aWorld();
  const { tools, say } = await openTools(world);
  await say('go');
  await call(tools, 0, 300);
  const pagefold = await aPagefold({ store: world.store, artifacts: world.artifacts });
  await pagefold.session('s').delete();
  expect(await stored(world)).toEqual([]);

  const { tools: later } = await openTools(world);
  expect(later.state.bindings.size).toBe(0);
});

test('a snapshot whose record did not come to be goes again, so that nothing of a deleted session stays', async () => {
  const world = aWorld();
  const { tools, say } = await openTools(world);
  await say('find shoes');
  await call(tools, 0, 256);
  const report = await tools.begin('find', { shoe: 'last' });
  const elsewhere = await aPagefold({ store: world.store, artifacts: world.artifacts });
  await elsewhere.session('s').delete();

  const end = tools.finish({ report, result: 1, callId: 'last' });

  await expect(end).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  expect(await stored(world)).toEqual([]);
});

test('a snapshot that no record names is collected with other content, the one that is named stays', async () => {
  const world = aWorld();
  const { tools, say } = await openTools(world);
  await say('find shoes');
  await call(tools, 0, 300);
  const named = await stored(world);
  const metadata = { kind: 'tool-state' };
  const lost = { ...KEY, bytes: Buffer.from('{}'), mimeType: 'application/json', metadata };
  await world.artifacts.put(lost);
  const { store, artifacts } = world;
  const { memory } = (await aPagefold({ store, artifacts })).session('s');

  expect(await memory.archive.collect({ graceMs: 0 })).toMatchObject({ examined: 2, removed: 1 });
  expect(await stored(world)).toEqual(named);
});

test('where the store encrypts, nothing of the log is put among artifacts, which are not encrypted', async () => {
  const keys = createKeyRing({ keys: { k: Buffer.alloc(32, 7) }, current: 'k' });
  const world = { ...aWorld(), store: createEncryptedStore(createMemoryStore(), keys) };
  const { tools, say } = await openTools(world);
  await say('find shoes');

  await call(tools, 0, 300);

  expect(await stored(world)).toEqual([]);
  const again = await openTools(world);
  expect(again.tools.state.snapshot()).toEqual(tools.state.snapshot());
});
