import type { Clock, Timer } from '../../src/domain/clock.ts';
import type { Prng } from './prng.ts';

/** Whose events they are: a process that can be held for a while, or die with everything it had still to do. */
export interface Owner {
  isAlive: boolean;
  /** Its events wait until then. */
  heldUntilMs: number;
}

interface Scheduled {
  readonly atMs: number;
  /** Decides between events of the same time. */
  readonly tie: number;
  readonly owner: Owner | null;
  task: (() => void) | null;
}

/** Where virtual time begins: an ordinary date, so that code that formats times has something to format. */
const START_MS = Date.UTC(2030, 0, 1);
/** Events of one turn of Node's loop; the loop drains all promise jobs between two immediates, so more is only cheaper. */
const BATCH = 256;

/**
 * Virtual time and the one queue of everything that will happen. Events of the same time run in random order; after each
 * event every promise job is done before the next one begins.
 */
export class Scheduler {
  readonly #prng: Prng;
  readonly #heap: Scheduled[] = [];
  #nowMs = START_MS;
  #fired = 0;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Events that have happened. */
  get fired(): number {
    return this.#fired;
  }

  /** Lets something happen later; it is held or lost together with its owner. */
  after(delayMs: number, task: () => void, owner: Owner | null = null): Timer {
    const event: Scheduled = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      tie: this.#prng.word(),
      owner,
      task,
    };
    this.#push(event);
    return {
      cancel: () => {
        event.task = null;
      },
    };
  }

  /** The clock of one process. */
  clockOf(owner: Owner | null): Clock {
    return {
      nowMs: () => this.#nowMs,
      setTimer: (delayMs, task) => this.after(delayMs, task, owner),
    };
  }

  /** Lets time pass until the condition holds; false when nothing is left to happen or too much happened. */
  run(isDone: () => boolean, maxEvents: number): Promise<boolean> {
    const limit = this.#fired + maxEvents;
    return new Promise<boolean>((resolve, reject) => {
      let isOver = false;
      const end = (answer: () => void): void => {
        isOver = true;
        answer();
      };
      const step = (): void => {
        if (isOver) return;
        try {
          if (isDone()) end(() => resolve(true));
          else if (this.#fired >= limit || !this.#fireNext()) end(() => resolve(false));
        } catch (error) {
          end(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      };
      const batch = (): void => {
        for (let index = 0; index < BATCH; index += 1) setImmediate(step);
        setImmediate(() => {
          if (!isOver) batch();
        });
      };
      batch();
    });
  }

  #fireNext(): boolean {
    for (let event = this.#pop(); event !== null; event = this.#pop()) {
      const { owner, task } = event;
      if (task === null || owner?.isAlive === false) continue;
      this.#nowMs = event.atMs;
      if (owner !== null && owner.heldUntilMs > event.atMs) {
        const held: Scheduled = { atMs: owner.heldUntilMs, tie: this.#prng.word(), owner, task };
        // The one who cancels holds the first event, so that one decides whether the held one still runs.
        held.task = () => event.task?.();
        this.#push(held);
        continue;
      }
      this.#fired += 1;
      event.task = null;
      task();
      return true;
    }
    return false;
  }

  #push(event: Scheduled): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(event, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = event;
  }

  #pop(): Scheduled | null {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined) return null;
    if (heap.length > 0) this.#sink(last);
    return top;
  }

  #sink(event: Scheduled): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const first = heap[left];
      const second = heap[left + 1];
      if (first === undefined) break;
      const below = second !== undefined && isBefore(second, first) ? left + 1 : left;
      const child = heap[below];
      if (child === undefined || !isBefore(child, event)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = event;
  }
}

function isBefore(one: Scheduled, other: Scheduled): boolean {
  return one.atMs === other.atMs ? one.tie < other.tie : one.atMs < other.atMs;
}
