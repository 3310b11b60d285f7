import { repeatTo } from '../../../test/lib/tokens/pathological.ts';
import type { Count } from './contenders.ts';
import { cpuMicroseconds } from './cpu-time.ts';

const REPEATS = 9;

/** What is to be counted: a pattern repeated to so many UTF-8 bytes, in so many texts one after the other. */
export interface PathologicalLoad {
  readonly pattern: string;
  readonly bytes: number;
  readonly texts: number;
}

/**
 * Processor milliseconds for a text; the least of a few runs, as steps between lengths are compared, and a run that others on the
 * machine disturb looks like one. Each text is a little shorter than the one before, as far as an eighth of
 * its length has room for that, since some packages remember whole pieces.
 */
export function pathologicalMilliseconds(count: Count, load: PathologicalLoad): number {
  const { pattern, bytes, texts } = load;
  const units = Math.ceil((bytes * pattern.length) / Buffer.byteLength(pattern));
  const runs = Array.from({ length: REPEATS }, (_, run) => {
    const some = Array.from({ length: texts }, (__, index) => {
      const shorter = ((run * texts + index) * pattern.length) % (units >> 3);
      return Buffer.from(repeatTo(pattern, units - shorter)).toString();
    });
    return cpuMicroseconds(() => {
      for (const text of some) count(text);
    });
  });
  return Math.min(...runs) / texts / 1000;
}
