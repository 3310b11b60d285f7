import { setTimeout as sleep } from 'node:timers/promises';

/** The ways in which a worker can end that the tests know. */
export const WAYS_TO_DIE = ['exit', 'error', 'rejection', 'heap', 'loop', 'start'] as const;

/** One of them; `start` ends with an error, and then fails to start once. */
export type WayToDie = (typeof WAYS_TO_DIE)[number];

const NONE = 0;

/** Orders to die, in memory that all threads see: each is taken by one worker. */
export class DeathOrders {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  /** Has the next worker that looks end in a way. */
  give(way: WayToDie): void {
    if (way === 'start') Atomics.add(this.#words, 1, 1);
    Atomics.store(this.#words, 0, WAYS_TO_DIE.indexOf(way) + 1);
  }

  /** Whether a worker took the last order. */
  get isTaken(): boolean {
    return Atomics.load(this.#words, 0) === NONE;
  }

  /** Said by a worker that runs: the way in which it shall end, if it shall. */
  take(): WayToDie | null {
    const way = Atomics.exchange(this.#words, 0, NONE);
    return WAYS_TO_DIE[way - 1] ?? null;
  }

  /** Said by a worker that starts: whether it shall fail to. */
  takeFailedStart(): boolean {
    if (Atomics.load(this.#words, 1) === 0) return false;
    Atomics.sub(this.#words, 1, 1);
    return true;
  }
}

/** Ends this thread in a way. */
export function die(way: WayToDie): void {
  switch (way) {
    case 'exit':
      return process.exit(7);
    case 'error':
    case 'start':
      queueMicrotask(() => {
        throw new Error('a worker that was told to throw');
      });
      return;
    case 'rejection':
      void sleep(0).then(() => {
        throw new Error('a worker that was told to reject');
      });
      return;
    case 'heap':
      return fillHeap();
    case 'loop':
      for (;;);
  }
}

function fillHeap(): never {
  const kept: number[][] = [];
  for (;;) kept.push(Array.from({ length: 100_000 }, (_, index) => index + kept.length + 0.5));
}
