import { median } from '../median.ts';

/** Something that is measured against others. */
export interface Contender {
  readonly name: string;
  /** Measures a number of operations; returns the processor time of one, in microseconds. */
  readonly sample: () => Promise<number>;
}

/** Gets ready, outside of what is measured; the function returned is measured, and says how many operations it did. */
export type Prepare = () => Promise<() => Promise<number>>;

/** Rounds that count, and those before them in which code is compiled. */
const ROUNDS = 5;
const WARM_UP_ROUNDS = 2;

const MICROSECONDS_PER_SECOND = 1e6;

/** The median processor time of one operation, in microseconds, by name. Interleaved, so that what disturbs one disturbs all. */
export async function measureRounds(
  contenders: readonly Contender[],
): Promise<ReadonlyMap<string, number>> {
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    for (const { name, sample } of rotated(contenders, round)) {
      // One after the other: contenders that run at the same time would measure each other.
      const cost = await sample();
      if (round >= WARM_UP_ROUNDS) samples.get(name)?.push(cost);
    }
  }
  return new Map([...samples].map(([name, costs]) => [name, median(costs)]));
}

/** One sample of what `prepare` gets ready. */
export async function sampleOf(prepare: Prepare): Promise<number> {
  const operate = await prepare();
  let operations = 0;
  const spent = await measureOnce(async () => {
    operations = await operate();
  });
  return spent / operations;
}

/**
 * Processor time of an operation, in microseconds. Of the whole process: it counts what garbage collection and compilation
 * cost on other threads, and does not count what the machine did for others meanwhile. No collection is forced before:
 * afterwards much of the code would have to be compiled anew.
 */
export async function measureOnce(operate: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await operate();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Operations a second of processor time. */
export function perSecond(microseconds: number): number {
  return MICROSECONDS_PER_SECOND / microseconds;
}

/**
 * How many operations take about `targetMs` of processor time, from 1 to `limit`: tried with 1, 2, 4, ... until they take a
 * fifth of it. Only what the returned function does is measured.
 */
export async function countFor(
  targetMs: number,
  limit: number,
  prepare: (count: number) => Promise<() => Promise<unknown>>,
): Promise<number> {
  for (let count = 1; ; count *= 2) {
    const spentMs = (await measureOnce(await prepare(count))) / 1000;
    if (count >= limit || spentMs >= targetMs / 5)
      return Math.max(1, Math.min(limit, Math.round((count * targetMs) / spentMs)));
  }
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = by % Math.max(1, items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}
