import { describe, expect, test } from 'vitest';
import type { SessionManager, Store } from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';

/** A store that notes how many records were read. */
function aCountingStore(): { readonly store: Store; readonly counted: { records: number } } {
  const counted = { records: 0 };
  const store = new Proxy(aStore(), {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'read') return value.bind(target);
      return async (params: never) => {
        const page = await Reflect.apply(value, target, [params]);
        counted.records += page?.records.length ?? 0;
        return page;
      };
    },
  });
  return { store, counted };
}

async function eventIds(session: SessionManager): Promise<readonly string[]> {
  return (await collect(session.events)).map(({ id }) => id);
}

describe('a range of events', () => {
  test('reads no record before it, and is what the whole session says of it', async () => {
    const { store, counted } = aCountingStore();
    const pagefold = await aPagefold({ store });
    const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 4 });
    await talk(session, 12);
    const [, second, third] = await eventIds(session);
    await session.events.changeMetadata(third!, { set: { seen: true } });
    await session.events.correctUsage(second!, { completionTokens: 99 });
    const { events } = await session.getSession();
    for (const [from, to] of [
      [2, 3],
      [5, 9],
      [7, 7],
      [20, 40],
      [1, 100],
    ] as const) {
      const listed = await collect(session.events.list({ fromPosition: from, toPosition: to }));
      expect(listed).toEqual(
        events.filter((event) => event.position >= from && event.position <= to),
      );
    }

    counted.records = 0;
    await collect(session.events.list({ fromPosition: 25 }));
    expect(counted.records).toBeLessThan(12);
  });

  test('knows the corrections of a fork, and not those of a later event with the same id', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.recordUser('one', { eventId: 'same', idempotencyKey: 'a' });
    await session.recordUser('two', { eventId: 'same', idempotencyKey: 'b' });
    await session.events.changeMetadata('same', { set: { changed: true } });
    const fork = await session.fork();
    await fork.userSays('three');

    const [first] = await collect(fork.events.list({ toPosition: 2 }));

    expect(first).toMatchObject({ message: 'one', metadata: {} });
    expect((await collect(fork.events.list())).map(({ metadata }) => metadata)).toEqual(
      (await fork.getSession()).events.map(({ metadata }) => metadata),
    );
  });
});

test('C-2: find, changeMetadata and correctUsage mean the same one of two events with one id', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  await session.recordUser('one', { eventId: 'same', idempotencyKey: 'a' });
  await session.recordUser('two', { eventId: 'same', idempotencyKey: 'b' });

  await session.events.changeMetadata('same', { set: { changed: true } });
  await session.events.correctUsage('same', { promptTokens: 77 });

  expect(await session.events.find('same')).toMatchObject({
    message: 'two',
    metadata: { changed: true },
    tokenUsage: { promptTokens: 77 },
  });
  expect((await collect(session.events))[0]).toMatchObject({ message: 'one', metadata: {} });
});

test('the latest event is found without reading what comes before it', async () => {
  const { store, counted } = aCountingStore();
  const pagefold = await aPagefold({ store });
  const session = pagefold.session('s');
  for (let number = 0; number < 1500; number += 100) {
    await Promise.all(Array.from({ length: 100 }, () => session.setState('x', number)));
  }

  await session.recordUser('one', { eventId: 'latest' });

  counted.records = 0;
  await session.events.changeMetadata('latest', { set: { changed: true } });
  await session.events.correctUsage('latest', { promptTokens: 5 });
  const event = await session.events.find('latest');
  expect(event).toMatchObject({ metadata: { changed: true }, tokenUsage: { promptTokens: 5 } });
  expect(counted.records).toBeLessThan(200);
  await expect(session.events.changeMetadata('other', { set: {} })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    field: 'eventId',
  });
});

test('an event is found wherever it is, in the segment that it is in, as it is by now', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 8 });
  const usage = { promptTokens: 7 };
  for (let turn = 0; turn < 150; turn += 1) {
    await session.recordUser(`question ${turn}`, { eventId: `q-${turn}` });
    if (turn % 10 === 3) await session.events.correctUsage(`q-${turn - 3}`, usage);
    if (turn === 140) await session.events.changeMetadata('s/2#summary', { set: { seen: turn } });
  }
  const fork = await session.fork({ sessionId: 'f' });
  await fork.recordUser('again', { eventId: 'q-20' });
  const changed = fork.events.changeMetadata('f/3#summary', { set: { seen: true } });
  await changed;

  for (const read of [session, fork]) {
    const events = await collect(read.events.list());
    const latest = new Map(events.map((event) => [event.id, event]));
    expect(latest.size).toBeGreaterThan(160);
    for (const [id, event] of latest) expect(await read.events.find(id)).toEqual(event);
    expect(await read.events.find('q-150')).toBeNull();
  }
});

test('corrections of many events of one session at once all take effect', async () => {
  const session = (await aPagefold()).session('s');
  const ids = Array.from({ length: 200 }, (_, number) => `e-${number}`);
  await Promise.all(ids.map((eventId) => session.recordUser('text', { eventId })));

  await Promise.all(
    ids.map((id, number) => session.events.correctUsage(id, { promptTokens: number })),
  );

  const { promptTokens } = await session.getStats();
  expect(promptTokens).toBe((200 * 199) / 2);
});

test('C-45: a cost that the provider stated outlives corrections of model and usage', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  const { eventId } = await session.recordAnswer('hi', {
    model: 'gpt-4o-mini',
    provider: 'openai',
    costUsd: '0.123',
  });

  await session.events.correctUsage(eventId, { model: 'gpt-4o' });
  await session.events.correctUsage(eventId, { usage: { prompt_tokens: 9, completion_tokens: 4 } });

  expect((await session.events.find(eventId))?.billing).toMatchObject({
    model: 'gpt-4o',
    costPico: '123000000000',
    costOrigin: 'reported',
  });
  expect(await pagefold.tenantUsage()).toMatchObject({ costUsd: '0.123' });
});

test('C-45: a cost of a price list is priced anew for another model', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  const { eventId } = await session.recordAnswer('hi', {
    model: 'gpt-4o-mini',
    provider: 'openai',
  });

  await session.events.correctUsage(eventId, { model: 'nobody-knows-this' });

  const billing = (await session.events.find(eventId))!.billing!;
  expect([billing.costPico, 'costOrigin' in billing]).toEqual([null, false]);
});
