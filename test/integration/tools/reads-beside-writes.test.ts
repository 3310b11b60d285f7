import { expect, test } from 'vitest';
import { openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';

const call = (id: string, name: string): object => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name, arguments: '{}' } }],
});

test('what was read before a write is not told again while the write is carried out', async () => {
  await using pagefold = await openPagefold({ tokens: 'estimate' });
  const session = pagefold.session('s');
  await session.userSays('Look, set it, and look again.');
  let value = 'old';
  let end = (): void => undefined;
  const paused = new Promise<void>((resolve) => {
    end = resolve;
  });
  const processor = await SessionAwareToolProcessor.create(session, {
    tools: {
      look: { effect: 'read', isCacheable: true, execute: () => value },
      set: {
        effect: 'write',
        execute: async () => {
          value = 'new';
          await paused;
          return 'done';
        },
      },
    },
  });
  await processor.processLlmMessage(call('a', 'look'));
  const [again] = await processor.processLlmMessage(call('b', 'look'));
  expect(again).toMatchObject({ value: 'old', isCached: true });

  const writing = processor.processLlmMessage(call('c', 'set'));
  await expect.poll(() => value).toBe('new');
  const [beside] = await processor.processLlmMessage(call('d', 'look'));
  end();
  await writing;

  expect(beside).toMatchObject({ value: 'new', isCached: false });
});
