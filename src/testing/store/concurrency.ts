import { expect } from 'vitest';
import type { HistoryPoint, Store, WriteId } from '../../store/store.ts';
import { aCount, aKey, anAppend, aWriter } from '../store-builders.ts';
import { recorded, wholeLog } from './outcomes.ts';
import type { StoreCases } from './store-subject.ts';

const key = aKey();
const WRITERS = 8;
const WRITES = 25;

interface Placed {
  readonly record: string;
  readonly position: number;
}

/** One writer that appends one record after the other and starts again from what a conflict shows it. */
async function writeAll(
  store: Store,
  options: {
    readonly name: string;
    readonly mode: 'any' | 'expected';
    readonly start: HistoryPoint;
  },
): Promise<readonly Placed[]> {
  const writer = aWriter(options.name);
  const placed: Placed[] = [];
  let known = options.start;
  for (let index = 0; index < WRITES; index++) {
    const record = `${options.name}/${index}`;
    const write = { key, record, mode: options.mode };
    // In order: a writer has one append under way.
    const result = await appendUntilRecorded(store, write, {
      known,
      nextWrite: () => writer.next(),
    });
    placed.push({ record, position: result.firstPosition });
    known = result.point;
  }
  return placed;
}

async function appendUntilRecorded(
  store: Store,
  wanted: { readonly record: string; readonly mode: 'any' | 'expected' },
  start: { readonly known: HistoryPoint; nextWrite(): WriteId },
): Promise<{ readonly firstPosition: number; readonly point: HistoryPoint }> {
  let known = start.known;
  for (;;) {
    // In order: every try depends on what the one before was answered.
    const result = await store.append(
      anAppend({
        known,
        mode: wanted.mode,
        write: start.nextWrite(),
        records: [wanted.record],
        counters: aCount(),
      }),
    );
    if (result.kind === 'ok') return result;
    if (result.kind !== 'conflict') throw new TypeError(`unexpected ${result.kind}`);
    known = result.point;
  }
}

async function writeTogether(
  store: Store,
  mode: 'any' | 'expected',
): Promise<readonly (readonly Placed[])[]> {
  const { point: start } = await recorded(store, anAppend({ records: ['start'] }));
  const names = Array.from({ length: WRITERS }, (_, index) => `writer-${index + 10}`);
  return Promise.all(names.map((name) => writeAll(store, { name, mode, start })));
}

async function expectAllPlaced(
  store: Store,
  writers: readonly (readonly Placed[])[],
): Promise<void> {
  const log = await wholeLog(store, key);
  expect(log).toHaveLength(1 + WRITERS * WRITES);
  for (const placed of writers) {
    expect(placed.map(({ position }) => log[position - 1])).toEqual(
      placed.map(({ record }) => record),
    );
    const positions = placed.map(({ position }) => position);
    // A writer's own order is kept.
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  }
  const head = await store.head({ key });
  expect(head).toMatchObject({ version: log.length, counters: { events: log.length } });
  expect(await store.tenantUsage({ tenant: key.tenant })).toMatchObject({ events: log.length });
}

/** Several writers at once. */
export const concurrencyCases: StoreCases = {
  'C-72: concurrent writers in mode any lose nothing, and nothing conflicts': async ({ store }) => {
    await expectAllPlaced(store, await writeTogether(store, 'any'));
  },

  'W-05: concurrent writers in mode expected lose nothing': async ({ store }) => {
    await expectAllPlaced(store, await writeTogether(store, 'expected'));
  },

  'of many creations of one session exactly one succeeds': async ({ store }) => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.append(
          anAppend({
            write: { writer: `creator-${index}`, operation: 1 },
            records: [`by ${index}`],
          }),
        ),
      ),
    );
    const winners = results.filter(({ kind }) => kind === 'ok');
    expect(winners).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'conflict')).toHaveLength(19);
    expect(await wholeLog(store, key)).toEqual([
      `by ${results.findIndex(({ kind }) => kind === 'ok')}`,
    ]);
  },

  'of many copies of one write exactly one is recorded': async ({ store }) => {
    const { point: known } = await recorded(store, anAppend());
    const copy = anAppend({ known, write: { writer: 'writer-1', operation: 2 } });
    const results = await Promise.all(Array.from({ length: 20 }, () => store.append(copy)));
    expect(results.filter(({ kind }) => kind === 'ok')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'duplicate')).toHaveLength(19);
    expect(await wholeLog(store, key)).toHaveLength(2);
  },

  'every answer shows exactly what came between': async ({ store }) => {
    const { point: known } = await recorded(store, anAppend({ records: ['start'] }));
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        recorded(
          store,
          anAppend({ known, write: { writer: `w${index}`, operation: 1 }, records: [`r${index}`] }),
        ),
      ),
    );
    const log = await wholeLog(store, key);
    for (const { tail, firstPosition } of results) {
      expect(tail).toEqual({
        firstPosition: 2,
        records: log.slice(1, firstPosition - 1),
        isComplete: true,
      });
    }
  },

  'readers beside writers always see whole moves': async ({ store }) => {
    const { point: known } = await recorded(store, anAppend({ records: ['a', 'b', 'c'] }));
    const writes = Array.from({ length: 30 }, (_, index) =>
      recorded(
        store,
        anAppend({
          known,
          write: { writer: `w${index}`, operation: 1 },
          records: ['a', 'b', 'c'],
          counters: aCount({ events: 3 }),
        }),
      ),
    );
    const reads = Array.from({ length: 30 }, () => store.head({ key }));
    const heads = await Promise.all(reads);
    await Promise.all(writes);
    for (const head of heads) expect(head?.counters.events).toBe(head?.version);
    for (const head of heads) expect((head?.version ?? 1) % 3).toBe(0);
  },
};
