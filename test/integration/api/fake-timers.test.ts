import { afterEach, expect, test, vi } from 'vitest';
import { openPagefold } from '../../../src/index.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('sessions go on where a test of a service lets time stand still', async () => {
  await using pagefold = await openPagefold();
  const session = pagefold.session('s');
  vi.useFakeTimers({ toFake: ['setImmediate', 'setTimeout', 'setInterval'] });

  for (let turn = 0; turn < 200; turn += 1) {
    // In order: more calls than one turn of the event loop carries out.
    await session.userSays(`message ${turn}`);
  }

  expect(await session.getConversation()).toHaveLength(200);
  vi.useRealTimers();
});
