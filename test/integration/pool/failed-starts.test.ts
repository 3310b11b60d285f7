import { expect, test } from 'vitest';
import { DEFAULT_POOL_LIMITS } from '../../../src/actors/pool/pool-limits.ts';
import { aNewSession, aRecordCommand } from '../../lib/commands.ts';
import { aPool } from '../../lib/pool/a-pool.ts';
import { heardEvents } from '../../lib/pool/heard-events.ts';

const { restart } = DEFAULT_POOL_LIMITS;
const FEW = { restart: { ...restart, intensity: 2, firstPauseMs: 1 } };
const COMMAND = aRecordCommand({}, { create: aNewSession() });
const file = new URL('absent-worker.js', import.meta.url).href;

test('workers whose module is absent say so to callers, once as a warning, and of each end', async () => {
  const heard = heardEvents();
  const warnings: { code: string; message: string }[] = [];
  const warn = (code: string, message: string): void => void warnings.push({ code, message });
  const { executor } = aPool({ workers: 2, pool: FEW, file, warn });
  const message = expect.stringMatching(/^Cannot find module .*absent-worker\.js/);
  const refusal = { code: 'SHARD_UNAVAILABLE', cause: expect.objectContaining({ message }) };
  const execute = (sessionId: string): Promise<unknown> =>
    executor.execute({ key: { tenant: 't', sessionId }, command: COMMAND });

  const first = await Promise.allSettled(['a', 'b', 'c', 'd', 'e', 'f'].map(execute));
  for (const outcome of first)
    expect(outcome).toMatchObject({ status: 'rejected', reason: refusal });
  // Those that come later are refused at once.
  await expect(execute('a')).rejects.toMatchObject(refusal);

  expect(warnings).toEqual([
    {
      code: 'WORKER_START_FAILED',
      message: expect.stringMatching(/^A worker cannot start: Cannot find module /),
    },
  ]);
  const ends = heard.filter(({ name }) => name === 'pagefold:worker-ended');
  expect(ends.length).toBeGreaterThanOrEqual(3);
  for (const { event } of ends)
    expect(event).toMatchObject({ calls: 0, reason: 'failed-start', error: message });
});

test('a worker that fails to start and then starts is told of, and its calls are answered', async () => {
  const warnings: string[] = [];
  const warn = (_code: string, message: string): void => void warnings.push(message);
  const { executor, orders } = aPool({ warn });
  const execute = (sessionId: string): Promise<unknown> =>
    executor.execute({ key: { tenant: 't', sessionId }, command: COMMAND });
  await execute('first');
  orders.give('start');
  await expect.poll(() => orders.isTaken).toBe(true);

  await expect(execute('second')).resolves.toMatchObject({ kind: 'committed' });
  expect(warnings).toEqual(['A worker cannot start: a worker that was told not to start']);
});
