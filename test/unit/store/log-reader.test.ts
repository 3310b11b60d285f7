import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../../src/domain/log-event.ts';
import { encodeRecord } from '../../../src/store/codec.ts';
import { readLog } from '../../../src/store/log-reader.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { anAppend } from '../../../src/testing/store-builders.ts';
import { virtualClock } from '../../../src/testing/virtual-clock.ts';
import { aSession, type TestSession } from '../../lib/session.ts';

const KEY = { tenant: 'tenant-1', sessionId: 'session-1' };

/** Longer than one page of the reader. */
const LENGTH = 1500;

/** Puts a session into a store in appends of 500 records. */
async function keep(
  store: Store,
  { key, entries, current }: TestSession,
  writer: string,
): Promise<void> {
  const shared = current?.fork?.position ?? 0;
  let known = null;
  for (let from = shared; from < entries.length; from += 500) {
    const records = entries.slice(from, from + 500).map(({ event }) => encodeRecord(event));
    const write = { writer, operation: from + 1 };
    // In order: each append follows the one before.
    const result = await store.append(anAppend({ key, known, records, write }));
    if (result.kind !== 'ok') throw new TypeError(`not recorded: ${result.kind}`);
    known = result.point;
  }
}

function aLongSession(): TestSession {
  const session = aSession();
  while (session.entries.length < LENGTH) session.says('hello');
  return session;
}

async function eventsOf(store: Store, sessionId = KEY.sessionId): Promise<readonly LogEvent[]> {
  const events: LogEvent[] = [];
  for await (const page of readLog(store, { key: { ...KEY, sessionId }, fromPosition: 1 })) {
    events.push(...page.map(({ event }) => event));
  }
  return events;
}

describe('readLog', () => {
  test('reads a log of several pages whole', async () => {
    const store = createMemoryStore({ clock: virtualClock() });
    const session = aLongSession();
    await keep(store, session, 'writer-1');
    expect(await eventsOf(store)).toEqual(session.entries.map(({ event }) => event));
  });

  test('reads a fork together with what it shares', async () => {
    const store = createMemoryStore({ clock: virtualClock() });
    const session = aLongSession();
    const fork = session.fork('fork-1', 1200).says('on my own');
    await keep(store, session, 'writer-1');
    await keep(store, fork, 'writer-1');
    expect(await eventsOf(store, 'fork-1')).toEqual(fork.entries.map(({ event }) => event));
  });

  test('a short stretch is asked for together with the beginning, so that there is one wait', async () => {
    const store = createMemoryStore({ clock: virtualClock() });
    const session = aLongSession();
    await keep(store, session, 'writer-1');
    let asked = 0;
    const read: Store['read'] = async (params) => {
      asked += 1;
      await Promise.resolve();
      // What the first answer would be waited for with has been asked by now.
      expect(asked).toBe(2);
      return store.read(params);
    };
    const range = { key: KEY, fromPosition: 1200, toPosition: 1209 };
    const pages = readLog({ ...store, backend: store.backend, read }, range);

    const { value } = await pages.next();
    expect(value).toEqual(session.entries.slice(1199, 1209));
    expect(await pages.next()).toMatchObject({ done: true });
  });

  test('decodes only what is needed, of a fork and of what it shares', async () => {
    const store = createMemoryStore({ clock: virtualClock() });
    const fork = aLongSession().fork('fork-1', 1200).says('on my own');
    const needed = new Set([1, 700, 1199, 1201]);
    const read: Store['read'] = async (params) => {
      const page = await store.read(params);
      const shared = params.key.sessionId === KEY.sessionId ? 0 : 1200;
      // Whatever is not needed cannot be read.
      const records = page?.records.map((record, index) =>
        needed.has(shared + params.fromPosition + index) || params.fromPosition + index === 1
          ? record
          : 'broken',
      );
      return page === null ? null : { ...page, records: records ?? [] };
    };
    await keep(store, aLongSession(), 'writer-1');
    await keep(store, fork, 'writer-1');
    const key = { ...KEY, sessionId: 'fork-1' };
    const isNeeded = (position: number): boolean => needed.has(position);
    const range = { key, fromPosition: 1, toPosition: 1201, isNeeded };
    const entries = [];
    for await (const page of readLog({ ...store, backend: store.backend, read }, range))
      entries.push(...page);

    expect(entries).toEqual(fork.entries.filter(({ position }) => needed.has(position)));
  });

  test('mixes no two sessions when one takes the id of the other between two pages', async () => {
    const store = createMemoryStore({ clock: virtualClock() });
    await keep(store, aLongSession(), 'writer-1');
    const pages = readLog(store, { key: KEY, fromPosition: 1 });
    await expect(pages.next()).resolves.toMatchObject({ done: false });
    await store.remove({ key: KEY });
    await keep(store, aLongSession(), 'writer-2');
    await expect(pages.next()).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  test('finds a session that went between two pages no more', async () => {
    const store = createMemoryStore({ clock: virtualClock() });
    await keep(store, aLongSession(), 'writer-1');
    const pages = readLog(store, { key: KEY, fromPosition: 1 });
    await pages.next();
    await store.remove({ key: KEY });
    await expect(pages.next()).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  test('reads no fork over a session that has the id of its origin', async () => {
    const store = createMemoryStore({ clock: virtualClock() });
    const fork = aSession().says('hello').fork('fork-1');
    await keep(store, fork, 'writer-1');
    const other = aSession({ env: { newId: () => 'another-life' } }).says('other');
    await keep(store, other, 'writer-1');
    await expect(eventsOf(store, 'fork-1')).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
      sessionId: KEY.sessionId,
    });
  });
});
