import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createEncryptedStore,
  createKeyRing,
  createRedisStore,
  openPagefold,
  type Store,
} from '../../../src/index.ts';
import { type PrivateRedis, startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';

/** What the session holds; nothing of it may be found where it must not be. */
const SECRETS = ['aubergine', 'ada-lovelace', 'platinum', 'marzipan', 'blue-whale'];

/** A server that writes all it does to its files, where texts stay as they are. */
async function aServer(): Promise<PrivateRedis> {
  const server = await startPrivateRedis({
    settings: { appendonly: 'yes', appendfsync: 'always', rdbcompression: 'no' },
  });
  onTestFinished(() => server.close());
  return server;
}

/** A conversation with a summary, properties, a tool call, a fork and a snapshot. */
async function converse(store: Store): Promise<void> {
  await using pagefold = await openPagefold({
    store,
    tokens: 'estimate',
    limits: { snapshotEvents: 4 },
  });
  const session = pagefold.session('s', {
    tenant: 'acme',
    infiniteContext: true,
    maxTurnsPerSegment: 4,
    metadata: { user_id: 'ada-lovelace', plan: 'platinum' },
    systemPrompt: 'Speak of marzipan.',
  });
  for (let turn = 1; turn <= 6; turn += 1) {
    // In order: an answer follows its question.
    await session.userSays(`What about the aubergine? ${turn}`);
    await session.aiResponds('It is ripe.', { model: 'gpt-4o-mini' });
  }
  await session.toolUsed({ toolName: 'find', arguments: { of: 'blue-whale' }, result: 'found' });
  await session.fork({ sessionId: 'f' });
}

/** Which of the secrets the files of a server hold. */
function found(server: PrivateRedis): readonly string[] {
  const texts = filesBelow(server.folder).map((file) => readFileSync(file, 'latin1'));
  return SECRETS.filter((secret) => texts.some((text) => text.includes(secret)));
}

function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Has the server write its files anew, as they would be backed up. */
async function rewriteFiles(server: PrivateRedis): Promise<void> {
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  await redis.save();
  await redis.bgrewriteaof();
  while (/aof_rewrite_(in_progress|scheduled):1/.test(await redis.info('persistence')))
    await pause(20);
}

describe('the files of a server', () => {
  test('hold nothing of a tenant that was erased, once they are rewritten', async () => {
    const server = await aServer();
    const store = createRedisStore({ url: server.url });
    onTestFinished(() => store.close());
    await converse(store);
    expect(found(server)).toEqual(SECRETS);

    await store.erase({ scope: { kind: 'tenant', tenant: 'acme' } });
    await rewriteFiles(server);

    expect(found(server)).toEqual([]);
  });

  test('never hold anything of what an encrypted store keeps', async () => {
    const server = await aServer();
    const keys = createKeyRing({ keys: { k: new Uint8Array(32).fill(3) }, current: 'k' });
    const store = createEncryptedStore(createRedisStore({ url: server.url }), keys);
    onTestFinished(() => store.close());
    await converse(store);
    expect(found(server)).toEqual([]);
    await rewriteFiles(server);
    expect(found(server)).toEqual([]);

    const { heads } = await store.list({
      tenant: 'acme',
      userId: 'ada-lovelace',
      properties: { plan: 'platinum' },
      order: 'created',
      limit: 10,
    });
    expect(heads.map(({ key }) => key.sessionId)).toEqual(['s', 'f']);
    await using pagefold = await openPagefold({ store, tokens: 'estimate' });
    const session = pagefold.session('f', { tenant: 'acme', systemPrompt: null });
    expect((await session.getStats()).totalMessages).toBe(12);
  });
});
