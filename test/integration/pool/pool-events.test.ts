import { expect, test } from 'vitest';
import { aNewSession, aRecordCommand } from '../../lib/commands.ts';
import { aPool } from '../../lib/pool/a-pool.ts';
import { heardEvents } from '../../lib/pool/heard-events.ts';

test('tells whoever listens when a worker ends and starts, and which session is kept out', async () => {
  const heard = heardEvents();
  const { executor } = aPool();
  const key = { tenant: 't', sessionId: 's' };
  const command = aRecordCommand({ message: 'die: exit' }, { create: aNewSession() });

  await expect(executor.execute({ key, command })).rejects.toMatchObject({
    code: 'POISON_COMMAND',
  });
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(6);

  expect(heard.map(({ name }) => name)).toEqual([
    'pagefold:worker-started',
    'pagefold:worker-ended',
    'pagefold:worker-started',
    'pagefold:worker-ended',
    'pagefold:session-quarantined',
    'pagefold:worker-started',
  ]);
  expect(heard[1]?.event).toEqual({
    worker: 0,
    calls: 1,
    reason: 'exit',
    error: 'The thread ended with the exit code 7',
  });
  expect(heard[4]?.event).toEqual({ worker: 0, key });
  expect(heard[5]?.event).toEqual({ worker: 0, restarts: 2 });
});
