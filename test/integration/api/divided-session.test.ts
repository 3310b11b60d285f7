import { expect, test } from 'vitest';
import { aPagefold, talk } from './a-pagefold.ts';

test('a divided session is whole for a manager without an infinite context of its own', async () => {
  const pagefold = await aPagefold();
  const writer = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 2 });
  await talk(writer, 3);
  const reader = pagefold.session('s');

  expect(await reader.getSessionChain()).toEqual(['s/1', 's/2', 's/3']);
  expect(await reader.loadSessionChain()).toEqual(await writer.getSessionChain());
  expect(await reader.getConversation()).toEqual(await writer.getConversation());
  expect(await reader.getConversation()).toHaveLength(6);
  expect(await reader.getConversation({ includeAllSegments: false })).toHaveLength(2);
});
