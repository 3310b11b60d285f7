import { repeatTo } from '../../../test/lib/tokens/pathological.ts';
import type { Count } from './contenders.ts';
import { cpuMicroseconds } from './cpu-time.ts';

const REPEATS = 5;

/** Processor milliseconds for a pattern repeated to so many UTF-8 bytes; the median of a few runs. */
export function pathologicalMilliseconds(count: Count, pattern: string, bytes: number): number {
  const units = Math.ceil((bytes * pattern.length) / Buffer.byteLength(pattern));
  const text = Buffer.from(repeatTo(pattern, units)).toString();
  const runs = Array.from({ length: REPEATS }, () => cpuMicroseconds(() => void count(text)));
  return (runs.toSorted((left, right) => left - right)[REPEATS >> 1] ?? Number.NaN) / 1000;
}
