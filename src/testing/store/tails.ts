import { expect } from 'vitest';
import { aKey, anAppend, aWriter, someRecords } from '../store-builders.ts';
import { found, recorded, wholeLog } from './outcomes.ts';
import type { StoreCases } from './store-subject.ts';

const key = aKey();

/** What a caller is shown of a log. */
export const tailCases: StoreCases = {
  'loads a short session whole': async ({ store }) => {
    const first = await recorded(store, anAppend({ records: someRecords(256) }));
    expect(await store.load({ key })).toEqual({
      kind: 'found',
      point: first.point,
      expiresAtMs: null,
      snapshot: null,
      tail: { firstPosition: 1, records: someRecords(256), isComplete: true },
    });
  },

  'loads the first page of a long session and says that there is more': async ({ store }) => {
    await recorded(store, anAppend({ records: someRecords(257) }));
    const { tail } = await found(store, { key });
    expect(tail).toEqual({ firstPosition: 1, records: someRecords(256), isComplete: false });
  },

  'loads only what the caller does not know': async ({ store }) => {
    const writer = aWriter('writer-1');
    const first = await recorded(
      store,
      anAppend({ write: writer.next(), records: someRecords(3) }),
    );
    const second = await recorded(
      store,
      anAppend({ known: first.point, write: writer.next(), records: someRecords(2, 4) }),
    );
    const missing = await found(store, { key, known: first.point });
    expect(missing.tail).toEqual({
      firstPosition: 4,
      records: someRecords(2, 4),
      isComplete: true,
    });
    const nothing = await found(store, { key, known: second.point });
    expect(nothing.tail).toEqual({ firstPosition: 6, records: [], isComplete: true });
    expect(nothing.point).toEqual(second.point);
  },

  'accepts every version that ended a write as known': async ({ store }) => {
    const writer = aWriter('writer-1');
    const points = [(await recorded(store, anAppend({ write: writer.next() }))).point];
    for (let version = 2; version <= 300; version++) {
      // In order: each write follows the one before.
      const known = points.at(-1) ?? null;
      points.push(
        (
          await recorded(
            store,
            anAppend({ known, write: writer.next(), records: someRecords(1, version) }),
          )
        ).point,
      );
    }
    const loads = await Promise.all(points.map((known) => found(store, { key, known })));
    expect(loads.map(({ tail }) => tail.firstPosition)).toEqual(
      points.map(({ version }) => version + 1),
    );
  },

  'reads any stretch of a long log': async ({ store }) => {
    const writer = aWriter('writer-1');
    let known = (
      await recorded(store, anAppend({ write: writer.next(), records: someRecords(400) }))
    ).point;
    for (const from of [401, 801]) {
      // In order: each write follows the one before.
      known = (
        await recorded(
          store,
          anAppend({ known, write: writer.next(), records: someRecords(400, from) }),
        )
      ).point;
    }
    const ranges = [
      { fromPosition: 1, limit: 1 },
      { fromPosition: 256, limit: 2 },
      { fromPosition: 257, limit: 256 },
      { fromPosition: 700, limit: 10_000 },
      { fromPosition: 1200, limit: 5 },
    ];
    const pages = await Promise.all(ranges.map((range) => store.read({ key, ...range })));
    const all = someRecords(1200);
    expect(pages.map((page) => page?.records)).toEqual(
      ranges.map(({ fromPosition, limit }) =>
        all.slice(fromPosition - 1, fromPosition - 1 + limit),
      ),
    );
    expect(await wholeLog(store, key)).toEqual(someRecords(1200));
  },

  'reads an empty page behind the end': async ({ store }) => {
    const { point } = await recorded(store, anAppend());
    expect(await store.read({ key, fromPosition: 2, limit: 10 })).toEqual({
      incarnation: point.incarnation,
      firstPosition: 2,
      records: [],
      version: 1,
    });
  },

  'a read names the session it read, so that two lives of one id are not mixed': async ({
    store,
  }) => {
    const first = await recorded(store, anAppend());
    await store.remove({ key });
    const again = await recorded(store, anAppend({ write: { writer: 'writer-2', operation: 1 } }));
    const page = await store.read({ key, fromPosition: 1, limit: 1 });
    expect(page?.incarnation).toBe(again.point.incarnation);
    expect(page?.incarnation).not.toBe(first.point.incarnation);
  },
};
