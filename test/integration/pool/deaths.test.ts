import { describe, expect, test } from 'vitest';
import type { SessionKey } from '../../../src/domain/ids.ts';
import { aNewSession, aRecordCommand } from '../../lib/commands.ts';
import { aPool } from '../../lib/pool/a-pool.ts';
import { WAYS_TO_DIE } from '../../lib/pool/death.ts';

const KEY: SessionKey = { tenant: 't', sessionId: 's' };

function says(message: string) {
  return aRecordCommand({ message }, { create: aNewSession() });
}

describe('a worker that ends', () => {
  test.each(WAYS_TO_DIE)(
    'by %s is started again, and nobody who calls then notices',
    async (way) => {
      const { executor, orders } = aPool();
      await executor.execute({ key: KEY, command: says('before') });
      orders.give(way);
      let calls = 0;
      while (!orders.isTaken) {
        // In order: each goes on where the one before ended.
        await executor.execute({ key: KEY, command: says(`during ${(calls += 1)}`) });
      }
      const reply = await executor.execute({ key: KEY, command: says('after') });

      expect(reply).toMatchObject({ kind: 'committed', firstPosition: calls + 3 });
      const restarts = (): readonly number[] | undefined =>
        executor.stats().shards?.map((shard) => shard.restarts);
      // A worker that is about to end may answer some calls yet.
      while (restarts()?.[0] === 0) await executor.execute({ key: KEY, command: says('later') });
      expect(restarts()).toEqual([way === 'start' ? 2 : 1]);
    },
  );

  test.each(['exit', 'error', 'heap', 'loop'] as const)(
    'because of a call by %s twice refuses that call and answers the others',
    async (way) => {
      const { executor, store } = aPool();
      const others = Array.from({ length: 10 }, (_, index) => ({
        tenant: 't',
        sessionId: `other-${index}`,
      }));
      const calls = others.map((key) => executor.execute({ key, command: says('hello') }));
      const poison = executor.execute({ key: KEY, command: says(`die: ${way}`) });

      await expect(poison).rejects.toMatchObject({ code: 'POISON_COMMAND' });
      for (const reply of await Promise.all(calls)) expect(reply.kind).toBe('committed');
      expect(await store.head({ key: KEY })).toBeNull();
      for (const key of others) expect((await store.head({ key }))?.counters.events).toBe(1);
      await expect(
        executor.execute({ key: KEY, command: says('well-behaved') }),
      ).rejects.toMatchObject({
        code: 'POISON_COMMAND',
      });
    },
  );
});
