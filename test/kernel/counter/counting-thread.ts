import { parentPort, threadId, workerData } from 'node:worker_threads';
import type { CounterTables } from '../../../src/kernel/counter-tables.ts';
import {
  adoptCounterTables,
  counterTables,
  loadTokenKernel,
} from '../../../src/kernel/counter-sharing.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

/** What the thread is given. */
export interface CountingTask {
  readonly tables: readonly CounterTables[];
  readonly texts: readonly string[];
  readonly rounds: number;
  /** Set to 1 when all threads shall begin. */
  readonly gate: Int32Array;
}

/** What it answers. */
export interface CountingAnswer {
  readonly counts: readonly number[];
  /** Whether every round had the same counts. */
  readonly isSteady: boolean;
  readonly answers: number;
  readonly memories: number;
  readonly owner: number;
}

const { tables, texts, rounds, gate } = workerData as CountingTask; // see sharing.test.ts
const owner = threadId + 1;
adoptCounterTables(tables, owner);
const counter = createTokenCounter();
parentPort?.postMessage('ready');
Atomics.wait(gate, 0, 0);
const counts = texts.map((text) => counter.countText(text, 'gpt-4o'));
let isSteady = true;
for (let round = 1; round < rounds; round += 1) {
  isSteady &&= texts.every((text, index) => counter.countText(text, 'gpt-4o') === counts[index]);
}
const answers = loadTokenKernel('o200k_base', 'openai')?.answerCount() ?? 0;
const answer: CountingAnswer = {
  counts,
  isSteady,
  answers,
  memories: counterTables().length,
  owner,
};
parentPort?.postMessage(answer);
