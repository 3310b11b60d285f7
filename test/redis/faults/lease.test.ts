import { fork } from 'node:child_process';
import { once } from 'node:events';
import { expect, inject, onTestFinished, test } from 'vitest';
import { aKey, anAppend } from '../../../src/testing/index.ts';
import { compiled } from '../../lib/processes/compiled.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');
const key = aKey();

test('a process that stood still while another one took its session over is fenced, and writes nothing more', async () => {
  const namespace = aNamespace();
  const store = aRedisStore({ url, namespace });
  onTestFinished(() => store.close());
  const created = await store.append(anAppend({ key, records: ['start'] }));
  const script = compiled('test/lib/redis/leased-process.ts');
  const child = fork(script, [url, namespace], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const kinds: unknown[] = [];
  child.on('message', (kind) => void kinds.push(kind));
  await once(child, 'message');

  child.kill('SIGSTOP');
  const epoch = (await store.raiseEpoch({ key })) ?? 0;
  const taken = await store.append(
    anAppend({
      key,
      known: created.kind === 'ok' ? created.point : null,
      write: { writer: 'new', operation: 1 },
      guards: { epoch },
      records: ['taken over'],
    }),
  );
  child.kill('SIGCONT');
  await once(child, 'exit');

  expect(taken.kind).toBe('ok');
  expect(kinds.at(-1)).toBe('fenced');
  const page = await store.read({ key, fromPosition: 1, limit: 10_000 });
  // One of its writes may have been on its way when it was stopped; none came after the other one's.
  expect(page?.records.at(-1)).toBe('taken over');
});
