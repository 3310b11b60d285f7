import { repeatTo } from '../../../test/lib/tokens/pathological.ts';
import type { Count } from './contenders.ts';
import { cpuMicroseconds } from './cpu-time.ts';

const REPEATS = 9;

/**
 * Processor milliseconds for a pattern repeated to so many UTF-8 bytes; the median of a few runs. Each run has a text a little
 * shorter than the one before, since some packages remember whole pieces.
 */
export function pathologicalMilliseconds(count: Count, pattern: string, bytes: number): number {
  const units = Math.ceil((bytes * pattern.length) / Buffer.byteLength(pattern));
  const runs = Array.from({ length: REPEATS }, (_, run) => {
    const text = Buffer.from(repeatTo(pattern, units - run * pattern.length)).toString();
    return cpuMicroseconds(() => void count(text));
  });
  return (runs.toSorted((left, right) => left - right)[REPEATS >> 1] ?? Number.NaN) / 1000;
}
