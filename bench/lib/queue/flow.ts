import { median } from '../median.ts';

/** Jobs that are offered, and by how many callers at once. */
export interface Load {
  readonly count: number;
  readonly callers: number;
  /** Whether a caller waits until its job is done before it offers the next one. */
  readonly isPatient: boolean;
}

/** Time of a job in ms, and jobs a second of the whole. */
export interface Flow {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What is told of a job while it is on its way. */
export interface Progress {
  /** Its time begins anew: what came before is not measured. */
  readonly begun: (index: number) => void;
  readonly done: (index: number) => void;
}

/** Does `count` calls, a bounded number at once. */
export async function inParallel(
  { count, callers }: { readonly count: number; readonly callers: number },
  call: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await call(index);
  };
  await Promise.all(Array.from({ length: callers }, work));
}

/** Middle and worst times of calls, and how many there were a second. */
function toFlow(times: readonly number[], seconds: number): Flow {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  return { perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Offers jobs and waits until all are done. */
export async function flow(
  load: Load,
  offer: (index: number, progress: Progress) => Promise<unknown>,
  listen: (progress: Progress) => void,
): Promise<Flow> {
  const begunMs: number[] = [];
  const times: number[] = [];
  const ends = new Map<number, () => void>();
  const all = Array.from(
    { length: load.count },
    (_, index) => new Promise<void>((resolve) => ends.set(index, resolve)),
  );
  const progress: Progress = {
    begun: (index) => {
      begunMs[index] = performance.now();
    },
    done: (index) => {
      times.push(performance.now() - (begunMs[index] ?? 0));
      ends.get(index)?.();
    },
  };
  listen(progress);
  const startMs = performance.now();
  await inParallel(load, async (index) => {
    progress.begun(index);
    await offer(index, progress);
    if (load.isPatient) await all[index];
  });
  await Promise.all(all);
  return toFlow(times, (performance.now() - startMs) / 1000);
}

/**
 * Two measurements in turns, each the first one every other time, and the times of all rounds taken together: the worst of a few calls
 * say more about the machine than about them. The first round warms up.
 */
export async function inTurns(
  count: number,
  one: () => Promise<readonly number[]>,
  other: () => Promise<readonly number[]>,
): Promise<readonly [Flow, Flow]> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= count; round += 1) {
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      // One after the other: they share a server.
      const measured = await (side === 0 ? one() : other());
      if (round > 0) times[side].push(...measured);
    }
  }
  const flowOf = (all: readonly number[]): Flow =>
    toFlow(all, all.reduce((sum, ms) => sum + ms, 0) / 1000);
  return [flowOf(times[0]), flowOf(times[1])];
}

/** How often something is measured, and how often before that it is done for the sake of the code alone. */
export interface RoundCounts {
  readonly measured: number;
  readonly warmUp: number;
}

/** Rounds of several measurements, each in its turn, so that what disturbs one disturbs all. */
export async function rounds<Name extends string>(
  counts: RoundCounts,
  measured: Readonly<Record<Name, () => Promise<Flow>>>,
): Promise<Readonly<Record<Name, Flow>>> {
  const names = Object.keys(measured) as Name[]; // keys of the record given
  const flows = new Map<Name, Flow[]>(names.map((name) => [name, []]));
  for (let round = 0; round < counts.warmUp + counts.measured; round += 1) {
    for (const name of names) {
      // One after the other: they share a server.
      const one = await measured[name]();
      if (round >= counts.warmUp) flows.get(name)?.push(one);
    }
  }
  const middle = (name: Name, figure: keyof Flow): number =>
    median((flows.get(name) ?? []).map((one) => one[figure]));
  const entries = names.map((name) => [
    name,
    {
      perSecond: middle(name, 'perSecond'),
      p50Ms: middle(name, 'p50Ms'),
      p99Ms: middle(name, 'p99Ms'),
    },
  ]);
  return Object.fromEntries(entries) as Record<Name, Flow>; // the same keys again
}
