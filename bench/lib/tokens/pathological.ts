import { repeatTo } from '../../../test/lib/tokens/pathological.ts';
import type { Count } from './contenders.ts';
import { median } from '../median.ts';
import { cpuMicroseconds } from './cpu-time.ts';

/** Of a length, and of all lengths in turn. */
const REPEATS = 9;
const ROUNDS = 31;
/** Counting before, so that no step is between code that is not optimised yet and code that is. */
const WARM_UP_MILLISECONDS = 600;

/** What is to be counted: a pattern repeated to so many UTF-8 bytes, in so many texts one after the other. */
export interface PathologicalLoad {
  readonly pattern: string;
  readonly bytes: number;
  readonly texts: number;
}

/** Processor milliseconds for a text; the least of a few runs. */
export function pathologicalMilliseconds(count: Count, load: PathologicalLoad): number {
  const runs = Array.from({ length: REPEATS }, (_, run) => runMilliseconds(count, load, run));
  return Math.min(...runs);
}

/**
 * How many times as long each load takes as the one before it, the median of rounds in which all of them take turns: the machine is
 * not as fast in one second as in the next, and loads that were measured one after the other would show that.
 */
export function stepsBetween(count: Count, loads: readonly PathologicalLoad[]): readonly number[] {
  let warm = 0;
  for (let round = 0; warm < WARM_UP_MILLISECONDS; round += 1) {
    for (const load of loads) warm += load.texts * runMilliseconds(count, load, round);
  }
  const rounds = Array.from({ length: ROUNDS }, (_, round) =>
    loads.map((load) => runMilliseconds(count, load, round)),
  );
  return loads
    .slice(1)
    .map((_, step) => median(rounds.map((times) => (times[step + 1] ?? 0) / (times[step] ?? 1))));
}

/** Each text is a little shorter than the one before, as far as an eighth of its length has room for that, since some packages remember whole pieces. */
function runMilliseconds(count: Count, load: PathologicalLoad, run: number): number {
  const { pattern, bytes, texts } = load;
  const units = Math.ceil((bytes * pattern.length) / Buffer.byteLength(pattern));
  const some = Array.from({ length: texts }, (_, index) => {
    const shorter = ((run * texts + index) * pattern.length) % (units >> 3);
    return Buffer.from(repeatTo(pattern, units - shorter)).toString();
  });
  const spent = cpuMicroseconds(() => {
    for (const text of some) count(text);
  });
  return spent / texts / 1000;
}
