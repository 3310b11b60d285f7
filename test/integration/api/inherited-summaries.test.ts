import { expect, test } from 'vitest';
import type { SessionManager } from '../../../src/index.ts';
import { aPagefold, collect, talk } from './a-pagefold.ts';

const REVIEWED = { set: { reviewed: true } };

/** Everything that shows the summary of the first segment. */
async function summariesOf(session: SessionManager): Promise<readonly unknown[]> {
  const id = `${session.sessionId}/1#summary`;
  const found = await session.events.find(id);
  const { events } = await session.getSession();
  const ofRange = await collect(session.events.list({ toPosition: found?.position ?? 0 }));
  return [found, events.find((event) => event.id === id), ofRange.at(-1)];
}

test('metadata of a summary goes with it into forks, forks of them, and imports', async () => {
  const pagefold = await aPagefold();
  const origin = pagefold.session('s', { infiniteContext: true });
  await talk(origin, 1);
  await origin.closeSegment();
  await talk(origin, 1);
  await origin.events.changeMetadata('s/1#summary', REVIEWED);

  const fork = await origin.fork({ sessionId: 'f' });
  const forkOfFork = await fork.fork({ sessionId: 'ff' });
  await pagefold.importSession(await collect(origin.export()), { sessionId: 'i' });

  for (const session of [origin, fork, forkOfFork, pagefold.session('i')]) {
    const shown = { type: 'summary', metadata: { segment: 1, reviewed: true } };
    expect(await summariesOf(session)).toMatchObject([shown, shown, shown]);
  }
});

test('what a fork says of a summary stays the fork’s own', async () => {
  const pagefold = await aPagefold();
  const origin = pagefold.session('s', { infiniteContext: true });
  await talk(origin, 1);
  await origin.closeSegment();
  const fork = await origin.fork({ sessionId: 'f' });

  await fork.events.changeMetadata('f/1#summary', REVIEWED);

  expect(await summariesOf(fork)).toMatchObject([{ metadata: { reviewed: true } }, {}, {}]);
  expect((await origin.events.find('s/1#summary'))?.metadata).not.toHaveProperty('reviewed');
});
