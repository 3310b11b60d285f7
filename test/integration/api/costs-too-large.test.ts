import { expect, test } from 'vitest';
import { openPagefold } from '../../../src/index.ts';

const MODEL = { model: 'm', provider: 'p' } as const;

async function exported(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

test.each([1e60, 1e300])(
  'a call that a price of %d makes dearer than a record can hold is refused',
  async (price) => {
    const prices = { m: { inputPerMillion: price, outputPerMillion: price } };
    await using pagefold = await openPagefold({ prices });
    const session = pagefold.session('s');
    await session.userSays('How much?');

    const call = session.aiResponds('Too much.', MODEL);

    await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'usage' });
    expect(await session.getConversation()).toHaveLength(1);
    await session.delete();
  },
);

test('a correction that would cost more than a record can hold is refused', async () => {
  const prices = { dear: { inputPerMillion: 1e300, outputPerMillion: 1 } };
  await using pagefold = await openPagefold({ prices });
  const session = pagefold.session('s');
  const { eventId } = await session.recordAnswer('Cheap.', { model: 'gpt-4o-mini' });

  const call = session.events.correctUsage(eventId, {
    model: 'dear',
    usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 },
  });

  await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect(await session.getConversation()).toHaveLength(1);
});

test('an import with a cost that no record holds names the line', async () => {
  await using pagefold = await openPagefold();
  const session = pagefold.session('s');
  await session.recordAnswer('One.', { ...MODEL, costUsd: '0.1' });
  const lines = await exported(session.export());
  const edited = lines.map((line) => line.replace('100000000000', `1${'0'.repeat(80)}`));

  const call = pagefold.importSession(edited, { sessionId: 'copy' });

  await expect(call).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    field: expect.stringMatching(/^line \d/) as string,
  });
  expect(await pagefold.session('copy').exists()).toBe(false);
});

test('an import with a time that no date can be written for names the line', async () => {
  await using pagefold = await openPagefold();
  const session = pagefold.session('s');
  const { id } = await session.runs.create();
  await session.runs.start(id);
  const lines = await exported(session.export());
  const edited = lines.map((line) => line.replace(/(startedAtMs\\":)\d+/u, '$18640000000000000'));
  expect(edited).not.toEqual(lines);

  const call = pagefold.importSession(edited, { sessionId: 'copy' });

  await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
