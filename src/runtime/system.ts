import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../domain/clock.ts';

/** Longest delay of a timer of Node; one beyond it would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export function systemClock(): Clock {
  return { nowMs: () => Date.now(), setTimer };
}

/** Longer delays than one timer can have are waited for in several. */
function setTimer(
  delayMs: number,
  task: () => void,
  options: { readonly isBackground?: boolean } = {},
): Timer {
  let leftMs = delayMs;
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const stepMs = Math.min(leftMs, MAX_TIMER_MS);
    leftMs -= stepMs;
    timer = setTimeout(leftMs > 0 ? arm : task, stepMs);
    if (options.isBackground === true) timer.unref();
  };
  arm();
  return { cancel: () => clearTimeout(timer) };
}

/** Milliseconds since this thread began, with fractions; they only ever grow. */
export function elapsedMs(): number {
  return performance.now();
}

/** A random UUID, version 4. */
export function newUuid(): string {
  return randomUUID();
}

/** The end of a page's id: twelve letters and digits, 62 random bits. */
export function newPageIdEnd(): string {
  const bits = randomBytes(8).readBigUInt64BE() % 36n ** 12n;
  return bits.toString(36).padStart(12, '0');
}

/** A random number in [0, 1); for spreading retries, not for secrets. */
export function randomFraction(): number {
  return Math.random();
}

/** A name for one life of a runtime: 80 random bits, so that two never share one. */
export function newWriterId(): string {
  return randomBytes(10).toString('hex');
}
