import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  CONTROL_OWNERS,
  CONTROL_USED,
  REGION_BYTES,
} from '../../../assembly/shared/tokenizer-layout.ts';
import { controlWords } from '../../../src/kernel/counter-tables.ts';
import {
  counterTables,
  loadTokenKernel,
  releaseCounterRegions,
} from '../../../src/kernel/counter-sharing.ts';
import { seededRandom } from '../../../src/testing/seeded-random.ts';
import { aTwin } from '../../lib/tokens/counters.ts';
import { randomText } from '../../lib/tokens/random-text.ts';
import type { CountingAnswer, CountingTask } from './counting-thread.ts';

const THREADS = 2;
const ROUNDS = 30;

/** What tables of its own would take a thread, at the very least. */
const TABLES_BYTES = 7 * 1024 ** 2;

const random = seededRandom(11);
const texts = Array.from({ length: 400 }, () => randomText(random));
// Longer than a window, and so for one thread at a time: the others count it with the twin.
const longText = '日'.repeat(40_000);

/** Node does not read TypeScript in a thread by itself. */
const ENTRY = `import('tsx/esm/api').then(({ tsImport }) => tsImport('./counting-thread.ts', ${JSON.stringify(import.meta.url)}));`;

function startThread(task: CountingTask): Worker {
  const thread = new Worker(ENTRY, { eval: true, workerData: task });
  onTestFinished(async () => void (await thread.terminate()));
  return thread;
}

async function startWaitingThread(task: CountingTask): Promise<Worker> {
  const thread = startThread(task);
  await once(thread, 'message');
  return thread;
}

describe('tables that threads share', () => {
  test('let all threads count right at once, and take their memory once', async () => {
    const kernel = loadTokenKernel('o200k_base', 'openai')!;
    const expected = [...texts, longText].map((text) =>
      aTwin('o200k_base').countUpTo(text, Infinity),
    );
    const tables = counterTables();
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const task = { tables, texts: [...texts, longText], rounds: ROUNDS, gate };
    const threads = await Promise.all(
      Array.from({ length: THREADS }, () => startWaitingThread(task)),
    );
    const bytesBefore = process.memoryUsage.rss();

    const answers = threads.map((thread) => once(thread, 'message'));
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    for (let round = 0; round < ROUNDS; round += 1) {
      expect(texts.map((text) => kernel.countUpTo(text, Infinity))).toEqual(expected.slice(0, -1));
    }
    const received = (await Promise.all(answers)).map(([answer]) => answer as CountingAnswer);

    for (const { counts, isSteady, answers: answered, memories } of received) {
      expect(counts).toEqual(expected);
      expect(isSteady).toBe(true);
      expect(answered).toBeGreaterThanOrEqual(ROUNDS * texts.length);
      expect(memories).toBe(1);
    }
    const [{ memory }] = tables as [(typeof tables)[0]];
    const owners = [1, ...received.map(({ owner }) => owner)].toSorted((a, b) => a - b);
    const regions = [...controlWords(memory).subarray(CONTROL_OWNERS / 4)].slice(0, 1 + THREADS);
    expect(regions.toSorted((a, b) => a - b)).toEqual(owners);
    // Each thread has a region, a large window may have been used, and nobody has built tables.
    const grown = process.memoryUsage.rss() - bytesBefore;
    expect(grown).toBeLessThan(TABLES_BYTES + THREADS * REGION_BYTES);
  });

  test('have room again when the regions of a thread that ended are given back', async () => {
    loadTokenKernel('o200k_base', 'openai')!.countUpTo('a', 1);
    const gate = new Int32Array(new SharedArrayBuffer(4));
    gate[0] = 1;
    const thread = startThread({ tables: counterTables(), texts: ['a b'], rounds: 1, gate });
    const owner = thread.threadId + 1;
    await once(thread, 'exit');
    const control = controlWords(counterTables()[0]!.memory);
    const isHeld = (): boolean =>
      control.subarray(CONTROL_OWNERS / 4, CONTROL_USED / 4).includes(owner);
    expect(isHeld()).toBe(true);
    releaseCounterRegions(owner);
    expect(isHeld()).toBe(false);
  });
});
