import { type Pagefold, openPagefold } from '../src/api/pagefold.ts';
import { bundleWorkers } from './lib/worker-bundle.ts';

// Holds conversations at a steady rate for some minutes, in sessions that end and begin, once in this thread and once in a worker, and
// fails when memory grows: `npm run test:soak:memory -- <minutes>`, 10 when not given.

const DEFAULT_MINUTES = 10;
const MEGABYTE = 1024 ** 2;

/** Sessions that are there at once in each runtime, and how many messages each lives for. */
const SESSIONS = 100;
const MESSAGES = 40;
/** Appends a second in each runtime. */
const PER_SECOND = 150;
const STEP_MS = 20;

const SAMPLES = 24;
/** Of the samples, those until code is compiled, caches are full and heaps have found their size. */
const WARM_UP_SAMPLES = 8;

/**
 * What the lowest of the last samples may exceed the lowest of the first ones by. The heap is that of this thread, after a collection;
 * a worker collects when it likes, so that of all the process has only what is large tells anything.
 */
const MAX_GROWTH = { heapUsed: 4 * MEGABYTE, rss: 48 * MEGABYTE } as const;
type Figure = keyof typeof MAX_GROWTH;

const ANSWER = 'The order has not arrived yet, and the carrier does not know where it is. '.repeat(
  6,
);

/** The conversations of a runtime. */
class Talk {
  readonly #pagefold: Pagefold;
  readonly #lives: number[] = Array.from({ length: SESSIONS }, () => 0);
  #steps = 0;

  constructor(pagefold: Pagefold) {
    this.#pagefold = pagefold;
  }

  /** Messages recorded so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Records a message of one session after the other; the last one of a session ends it. */
  async step(): Promise<void> {
    const place = this.#steps % SESSIONS;
    const message = Math.floor(this.#steps / SESSIONS) % MESSAGES;
    this.#steps += 1;
    const id = `session-${place}-${this.#lives[place] ?? 0}`;
    const options = { tenant: `tenant-${place % 8}`, infiniteContext: true, maxTurnsPerSegment: 4 };
    const session = this.#pagefold.session(id, options);
    if (message % 2 === 0) await session.userSays(`${this.#steps}: where is my order?`);
    else await session.aiResponds(`${this.#steps}: ${ANSWER}`, { model: 'gpt-4o' });
    if (message < MESSAGES - 1) return;
    this.#lives[place] = (this.#lives[place] ?? 0) + 1;
    await session.delete();
  }
}

/** Lets all talk at the steady rate until the time is over; what a machine cannot do in time is not made up for. */
async function talk(talks: readonly Talk[], forMs: number): Promise<void> {
  const endMs = performance.now() + forMs;
  const steps = Math.round((PER_SECOND * STEP_MS) / 1000);
  while (performance.now() < endMs) {
    const nextMs = performance.now() + STEP_MS;
    // In order: this is the rate.
    await Promise.all(talks.flatMap((one) => Array.from({ length: steps }, () => one.step())));
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextMs - performance.now())));
  }
}

function sample(): Record<Figure, number> {
  if (globalThis.gc === undefined) throw new Error('This needs --expose-gc.');
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapUsed, rss };
}

async function soak(minutes: number): Promise<boolean> {
  await bundleWorkers();
  const open = (workers: number): Promise<Pagefold> =>
    openPagefold({ workers, defaultModel: 'gpt-4o', summarize: () => 'An order is late.' });
  const runtimes = await Promise.all([open(0), open(1)]);
  const talks = runtimes.map((pagefold) => new Talk(pagefold));
  const samples: Record<Figure, number>[] = [];
  for (let count = 0; count < SAMPLES; count += 1) {
    await talk(talks, (minutes * 60_000) / SAMPLES);
    await Promise.all(runtimes.map((pagefold) => pagefold.flush()));
    const { heapUsed, rss } = sample();
    samples.push({ heapUsed, rss });
    const steps = talks.map((one) => one.steps).join(' and ');
    console.log(`${steps} messages: heap ${toMegabytes(heapUsed)}, all ${toMegabytes(rss)}`);
  }
  await Promise.all(runtimes.map((pagefold) => pagefold.close()));
  const figures = Object.keys(MAX_GROWTH) as Figure[]; // the keys of the record above
  return figures.map((figure) => isSteady(samples, figure)).every(Boolean);
}

function isSteady(samples: readonly Record<Figure, number>[], figure: Figure): boolean {
  const values = samples.slice(WARM_UP_SAMPLES).map((one) => one[figure]);
  const half = values.length >> 1;
  const growth = Math.min(...values.slice(half)) - Math.min(...values.slice(0, half));
  const isRight = growth <= MAX_GROWTH[figure];
  const verdict = isRight ? 'as it may' : `too much: ${toMegabytes(MAX_GROWTH[figure])} is allowed`;
  console.log(`${figure} changed by ${toMegabytes(growth)}, ${verdict}`);
  return isRight;
}

function toMegabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

const [minutes = DEFAULT_MINUTES] = process.argv.slice(2).map(Number);
if (!(await soak(minutes))) process.exitCode = 1;
