import { setFlagsFromString } from 'node:v8';
import { memoryUsage } from 'node:process';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { aKey, anAppend } from '../../../src/testing/store-builders.ts';
import { recorded } from '../../../src/testing/store/outcomes.ts';
import { virtualClock } from '../../../src/testing/virtual-clock.ts';

const SESSIONS = 20_000;
const RECORDS = 20_000;

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  collect();
}

/** Heap that is still in use after some work, for as long as its result is. */
async function heapGrowth(work: (store: Store) => Promise<void>): Promise<number> {
  const store = createMemoryStore({ clock: virtualClock() });
  // The first session pays for lazily compiled code and shared tables.
  await recorded(store, anAppend({ key: aKey({ sessionId: 'warm-up' }) }));
  collectGarbage();
  const before = memoryUsage().heapUsed;
  await work(store);
  collectGarbage();
  const growth = memoryUsage().heapUsed - before;
  await store.close();
  return growth;
}

describe('memory of the memory store', () => {
  test('an almost empty session takes less than 900 bytes, its id and its record included', async () => {
    const growth = await heapGrowth(async (store) => {
      for (let index = 0; index < SESSIONS; index++) {
        // In order: 20,000 promises at once would be part of what is measured.
        await recorded(
          store,
          anAppend({ key: aKey({ sessionId: `session-${index}` }), records: ['1{}'] }),
        );
      }
    });
    expect(growth / SESSIONS).toBeLessThan(900);
  });

  test('a record takes less than 80 bytes beyond its characters', async () => {
    const text = 'x'.repeat(400);
    const growth = await heapGrowth(async (store) => {
      let { point } = await recorded(store, anAppend());
      for (let operation = 2; operation <= RECORDS; operation++) {
        // In order: each write follows the one before.
        const write = { writer: 'writer-1', operation };
        ({ point } = await recorded(
          store,
          anAppend({ known: point, write, records: [`${operation}${text}`] }),
        ));
      }
    });
    expect(growth / RECORDS - text.length).toBeLessThan(80);
  });

  test('a record that was cut out of a big text does not keep the big text', async () => {
    const growth = await heapGrowth(async (store) => {
      for (let index = 0; index < 50; index++) {
        // In order: only one big text at a time.
        const big = `${index}${'y'.repeat(1_000_000)}`;
        await recorded(
          store,
          anAppend({ key: aKey({ sessionId: `s${index}` }), records: [big.slice(100, 200)] }),
        );
      }
    });
    expect(growth / 50).toBeLessThan(10_000);
  });
});
