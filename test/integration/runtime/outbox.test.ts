import { expect, test } from 'vitest';
import { MAX_CHILDREN } from '../../../src/domain/session-state.ts';
import { Postponement } from '../../../src/runtime/postponement.ts';
import { aNewSession } from '../../lib/commands.ts';
import { aSetting, type Setting } from './a-setting.ts';

const STUCK = 150;

/** Children of a tenant whose parents cannot be written to, and one of another tenant, all due at once. */
async function withStuckTenant(
  setting: Setting,
): Promise<{ readonly fail: (isFailing: boolean) => void }> {
  const { shard } = setting;
  const create = (tenant: string, sessionId: string, parentId: string | null) =>
    shard.execute({
      key: { tenant, sessionId },
      command: { type: 'create', session: aNewSession({ parentId }) },
    });
  await create('stuck', 'p', null);
  await create('well', 'p', null);
  for (let index = 0; index < STUCK; index += 1) await create('stuck', `c${index}`, 'p');
  await create('well', 'c', 'p');
  let isFailing = true;
  const execute = shard.execute.bind(shard);
  shard.execute = (params) =>
    isFailing && params.key.tenant === 'stuck'
      ? Promise.reject(new Error('link down'))
      : execute(params);
  return { fail: (wanted) => void (isFailing = wanted) };
}

async function childrenOf({ shard }: Setting, tenant: string): Promise<number> {
  const key = { tenant, sessionId: 'p' };
  return (await shard.readState({ key, freshness: 'fresh' }))?.children.length ?? 0;
}

test('W-07: follow-ups of one tenant that keep failing are not in the way of others', async () => {
  const setting = aSetting();
  const { fail } = await withStuckTenant(setting);

  await setting.later(45_000);

  expect(await childrenOf(setting, 'well')).toBe(1);
  expect((await setting.outbox()).every(({ key }) => key.tenant === 'stuck')).toBe(true);
  fail(false);
  await setting.later(60_000);
  expect(await childrenOf(setting, 'stuck')).toBe(STUCK);
});

test('W-07: a follow-up that failed comes back later and later', () => {
  const postponement = new Postponement();
  const entry = { key: { tenant: 't', sessionId: 's' }, id: 'x' };

  const pauses = Array.from({ length: 10 }, () => postponement.fail(entry) / 1000);
  postponement.succeed(entry);

  expect(pauses.slice(0, 4)).toEqual([30, 60, 120, 240]);
  expect(pauses.at(-1)).toBe(3600);
  expect(postponement.fail(entry)).toBe(30_000);
});

test('W-07: a registration that a full parent refuses is settled', async () => {
  const setting = aSetting();
  const { shard } = setting;
  const parent = { tenant: 't', sessionId: 'p' };
  await shard.execute({ key: parent, command: { type: 'create', session: aNewSession() } });
  await Promise.all(
    Array.from({ length: 200 }, async (_, lane) => {
      for (let index = lane; index < MAX_CHILDREN; index += 200) {
        const command = { type: 'link-child', childId: `c${index}`, isFork: false } as const;
        await shard.execute({ key: parent, command });
      }
    }),
  );
  const session = aNewSession({ parentId: 'p' });
  const key = { tenant: 't', sessionId: 'late' };
  await shard.execute({ key, command: { type: 'create', session } });

  await setting.later(45_000);

  expect(await setting.outbox()).toEqual([]);
  expect(setting.warnings).toMatchObject([{ code: 'FOLLOW_UP_FAILED' }]);
  // Both sides agree: the parent lists no such child, and the child names no parent.
  expect(await shard.readState({ key, freshness: 'fresh' })).toMatchObject({ parentId: null });
});

test('W-07: a summary that is being written is not asked for by every sweep', async () => {
  const setting = aSetting(() => new Promise(() => undefined));
  const { shard } = setting;
  const key = { tenant: 't', sessionId: 's' };
  await shard.execute({ key, command: { type: 'create', session: aNewSession() } });
  const { store } = setting;
  const add = [{ id: 'summarise/1', dueAtMs: 0 }];
  const loaded = await store.load({ key });
  await store.append({
    key,
    write: { writer: 'by-hand', operation: 1 },
    known: loaded.kind === 'found' ? loaded.point : null,
    mode: 'any',
    records: [
      `1${JSON.stringify({ type: 'values-changed', atMs: 1, change: { set: {}, remove: [] } })}`,
    ],
    counters: { events: 0, messages: 0, toolCalls: 0, unpricedCalls: 0, tokens: 0, costPico: 0n },
    outbox: { add },
  });

  await setting.followUps.sweep();

  expect(await setting.outbox()).not.toMatchObject([{ dueAtMs: 0 }]);
});

test('W-17: a registration that ends late leaves the reminder of another parent alone', async () => {
  const setting = aSetting();
  const { shard, store } = setting;
  const child = { tenant: 't', sessionId: 'c' };
  for (const sessionId of ['p1', 'p2', 'c']) {
    const session = aNewSession({ parentId: sessionId === 'c' ? 'p1' : null });
    const key = { tenant: 't', sessionId };
    await shard.execute({ key, command: { type: 'create', session } });
  }
  const settle = store.settleOutbox.bind(store);
  store.settleOutbox = async (params) => {
    store.settleOutbox = settle;
    await shard.execute({ key: child, command: { type: 'set-parent', parentId: 'p2' } });
    return settle(params);
  };

  await setting.followUps.linkParent(child);

  expect(await setting.outbox()).toMatchObject([{ key: child, id: 'link-parent/p2' }]);
});

test('W-17: the lists of both parents follow a move that was interrupted', async () => {
  const setting = aSetting();
  const { shard, followUps } = setting;
  const child = { tenant: 't', sessionId: 'c' };
  for (const sessionId of ['old', 'new', 'c']) {
    const session = aNewSession({ parentId: sessionId === 'c' ? 'old' : null });
    await shard.execute({ key: { tenant: 't', sessionId }, command: { type: 'create', session } });
  }
  await followUps.linkParent(child);
  const listOf = async (sessionId: string) => {
    const key = { tenant: 't', sessionId };
    return (await shard.readState({ key, freshness: 'fresh' }))?.children.map(({ id }) => id);
  };

  await shard.execute({ key: child, command: { type: 'set-parent', parentId: 'new' } });
  expect(await listOf('old')).toEqual(['c']);
  await setting.later(45_000);

  expect(await listOf('old')).toEqual([]);
  expect(await listOf('new')).toEqual(['c']);
  expect(await setting.outbox()).toEqual([]);
});
