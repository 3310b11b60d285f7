import { expect, inject, onTestFinished, test } from 'vitest';
import { openPagefold } from '../../../src/index.ts';
import { runDeaths } from '../../lib/pool/death-runs.ts';
import { runWaiting } from '../../lib/pool/waiting-runs.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');

test('workers write to a Redis that is described by its options, and others find what they wrote', async () => {
  const store = { redis: { url, namespace: aNamespace(), durability: 'memory' } } as const;
  const pagefold = await openPagefold({ store, workers: 2, tokens: 'estimate' });
  onTestFinished(() => pagefold.close());
  const inline = await openPagefold({ store, tokens: 'estimate' });
  onTestFinished(() => inline.close());

  await Promise.all(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => pagefold.session(id).userSays(`hello from ${id}`)),
  );

  for (const id of ['a', 'f']) expect((await inline.session(id).getStats()).userMessages).toBe(1);
  const { heads } = await inline.listSessions();
  expect(heads).toHaveLength(6);
  const { actors } = await pagefold.stats();
  expect(actors.shards?.map(({ commits }) => commits > 0)).toEqual([true, true]);
});

test('workers with connections of their own that end at random moments lose nothing and double nothing', async () => {
  const redis = { url, namespace: aNamespace(), durability: 'memory' } as const;
  const report = await runDeaths({ seed: 3, rounds: 12, poisonedRounds: 2, redis: { redis } });

  expect(report.violations).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(50);
});

test('a process whose only worker ends, and its connection with it, stays until every call is answered', async () => {
  const env = { REDIS_URL: url, REDIS_NAMESPACE: aNamespace() };
  const { lines, exitCode } = await runWaiting('ended', env);

  expect(lines).toEqual([...Array.from({ length: 21 }, () => 'committed'), 'closed']);
  expect(exitCode).toBe(0);
});
