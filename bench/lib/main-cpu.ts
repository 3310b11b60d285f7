import { readFileSync } from 'node:fs';

/** Processor time of the main thread so far, in microseconds; Linux only. */
export function mainCpu(): number {
  const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1000;
}
