import { Bench } from 'tinybench';
import { median } from './median.ts';

/** What is measured: any function, synchronous or not. Its result is kept, so the work cannot be optimised away. */
export type Measured = () => unknown;

/** How long and how often to measure. */
export interface MeasureOptions {
  /** Rounds; in each one every function has its turn, and the order rotates. */
  readonly rounds?: number;
  /** Milliseconds of one turn. */
  readonly turnMs?: number;
}

/** The median cost of one call. */
export interface Cost {
  readonly nanoseconds: number;
  readonly callsPerSecond: number;
}

const DEFAULT_ROUNDS = 7;
const DEFAULT_TURN_MS = 120;

// One sample of tinybench costs two clock readings of about 50 ns each. Calls are repeated until a sample is this long,
// so that the clock is less than one part in five hundred of what is measured.
const MIN_SAMPLE_MS = 0.05;
const MAX_REPEATS = 1 << 16;

/**
 * Measures several functions against each other: interleaved, so that a noisy neighbour or a thermal dip hits all of
 * them, and by medians, so that a garbage collection hits none.
 */
export async function measure<Name extends string>(
  functions: Readonly<Record<Name, Measured>>,
  options: MeasureOptions = {},
): Promise<Readonly<Record<Name, Cost>>> {
  const { rounds = DEFAULT_ROUNDS, turnMs = DEFAULT_TURN_MS } = options;
  const names = Object.keys(functions) as Name[]; // keys of the record given
  const contenders = await Promise.all(names.map((name) => toContender(name, functions[name])));
  const samples = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let turn = 0; turn < rounds; turn += 1) {
    const order = [
      ...contenders.slice(turn % names.length),
      ...contenders.slice(0, turn % names.length),
    ];
    // One after the other: contenders that run at the same time would measure each other.
    for (const contender of order) {
      samples.get(contender.name)?.push(await takeTurn(contender, turnMs));
    }
  }
  const costs = names.map((name) => [name, toCost(median(samples.get(name) ?? []))] as const);
  return Object.fromEntries(costs) as Record<Name, Cost>; // the same keys again
}

interface Contender {
  readonly name: string;
  readonly repeats: number;
  readonly body: Measured;
}

/** Finds how often the function must run for one sample, which also warms it up. */
async function toContender(name: string, measured: Measured): Promise<Contender> {
  const isAsync = measured() instanceof Promise;
  for (let repeats = 1; ; repeats *= 2) {
    const body = isAsync ? repeatAsync(measured, repeats) : repeatSync(measured, repeats);
    const startMs = performance.now();
    await body();
    const isLongEnough = performance.now() - startMs >= MIN_SAMPLE_MS && repeats > 1;
    if (isLongEnough || repeats >= MAX_REPEATS) return { name, repeats, body };
  }
}

function repeatSync(measured: Measured, repeats: number): Measured {
  return () => {
    let result: unknown;
    for (let count = 0; count < repeats; count += 1) result = measured();
    return result;
  };
}

function repeatAsync(measured: Measured, repeats: number): Measured {
  return async () => {
    let result: unknown;
    for (let count = 0; count < repeats; count += 1) result = await measured();
    return result;
  };
}

async function takeTurn({ name, repeats, body }: Contender, turnMs: number): Promise<number> {
  const bench = new Bench({ time: turnMs, iterations: 3, warmup: false, throws: true });
  bench.add(name, body);
  const [task] = await bench.run();
  if (task?.result.state !== 'completed') throw new Error(`${name} did not complete.`);
  return (task.result.latency.p50 * 1e6) / repeats;
}

function toCost(nanoseconds: number): Cost {
  return { nanoseconds, callsPerSecond: 1e9 / nanoseconds };
}
