import { expect, test } from 'vitest';
import type { Pagefold, SessionManager } from '../../../src/index.ts';
import { aPagefold, collect, talk } from './a-pagefold.ts';

/** Changes everything that can be changed inside a value. */
function vandalise(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) vandalise(inner);
  if (Array.isArray(value)) value.push('vandalised');
  for (const key of Object.keys(value)) Reflect.set(value, key, 'vandalised');
  Reflect.set(value, 'vandal', 'was here');
}

async function readAll(pagefold: Pagefold, session: SessionManager): Promise<readonly unknown[]> {
  return Promise.all([
    session.getStats(),
    session.getStats({ includeAllSegments: false }),
    session.getConversation(),
    session.getMessagesForLlm(),
    session.getSession(),
    session.getSessionChain(),
    session.getProperties(),
    session.getState('basket'),
    session.runs.list(),
    session.runs.active(),
    session.family.childIds(),
    session.family.ancestors(),
    session.family.descendants(),
    session.events.usageBySource(),
    session.events.usageByRun(),
    collect(session.events),
    collect(session.export()),
    pagefold.listSessions({ userId: 'u-1' }),
    pagefold.tenantUsage(),
  ]);
}

test('W-65: changing what was handed out changes nothing in the session', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s', {
    infiniteContext: true,
    maxTurnsPerSegment: 2,
    userId: 'u-1',
    metadata: { tags: ['a'], nested: { deep: [1] } },
  });
  await pagefold.session('parent').userSays('hello');
  await talk(session, 3);
  await session.setState('basket', { items: ['apple'] });
  await pagefold.session('child', { parentId: 's', metadata: { x: [1] } }).userSays('hello');
  await pagefold.session('parent').family.addChild('s');
  const run = await session.runs.create({ metadata: { goal: ['book'] } });
  vandalise(await session.runs.start(run.id));
  vandalise(run);
  const before = structuredClone(await readAll(pagefold, session));

  for (const answer of await readAll(pagefold, session)) vandalise(answer);

  expect(await readAll(pagefold, session)).toEqual(before);
  expect(await pagefold.session('s').getState('basket')).toEqual({ items: ['apple'] });
});

test('W-65: changing what was passed in afterwards changes nothing in the session', async () => {
  const pagefold = await aPagefold();
  const metadata = { tags: ['a'] };
  const message = { content: 'hello', parts: ['x'] };
  const options = { metadata: { labels: ['b'] } };
  const value = { items: ['apple'] };
  const session = pagefold.session('s', { metadata });

  const calls = [session.recordUser(message, options), session.setState('basket', value)];
  for (const passed of [metadata, message, options, value]) vandalise(passed);
  await Promise.all(calls);

  const [event] = await collect(session.events);
  expect(event).toMatchObject({
    message: { content: 'hello', parts: ['x'] },
    metadata: { labels: ['b'] },
  });
  expect(await session.getProperties()).toEqual({ tags: ['a'] });
  expect(await session.getState('basket')).toEqual({ items: ['apple'] });
});

test('W-65: two managers of one session share no object', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s', { metadata: { tags: ['a'] } });
  await session.userSays('hello');

  const [first, second] = await Promise.all([
    session.getProperties(),
    pagefold.session('s').getProperties(),
  ]);

  expect(first).toEqual(second);
  expect(first['tags']).not.toBe(second['tags']);
});
