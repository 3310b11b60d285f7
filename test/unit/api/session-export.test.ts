import { expect, test } from 'vitest';
import { exportSession } from '../../../src/api/session-export.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { HistoryPoint, Store } from '../../../src/store/store.ts';
import { aKey, anAppend, FOREVER, someRecords } from '../../../src/testing/store-builders.ts';
import { virtualClock } from '../../../src/testing/virtual-clock.ts';

const key = aKey();

/** A session of 1,500 records, more than are read at once. */
async function keepLong(store: Store, writer: string): Promise<void> {
  let known: HistoryPoint | null = null;
  for (let operation = 1; operation <= 3; operation += 1) {
    const write = { writer, operation };
    // In order: each append follows the one before.
    const result = await store.append(anAppend({ known, write, records: someRecords(500) }));
    if (result.kind !== 'ok') throw new TypeError(`not recorded: ${result.kind}`);
    known = result.point;
  }
}

test('exportSession mixes no two sessions when one takes the id of the other between two pages', async () => {
  const store = createMemoryStore({ clock: virtualClock() });
  await keepLong(store, 'writer-1');
  const lines = exportSession({ store, key }, { archive: null, timeToLive: FOREVER });
  await lines.next();
  await store.remove({ key });
  await keepLong(store, 'writer-2');
  // The rest of the first page is of the session that was asked for.
  for (let count = 0; count < 1000; count += 1) await lines.next();
  await expect(lines.next()).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
});
