import type { JsonValue } from '../../../src/domain/json.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

/** What counting the tokens of a message costs: that of the library, or so many turns of an idle loop. */
export type Work = 'exact' | { readonly loops: number };

/** Counts tokens, or keeps the processor busy instead. */
export function countWith(work: Work): (content: JsonValue, model: string) => number {
  if (work === 'exact') {
    const counter = createTokenCounter();
    return (content, model) => counter.count(content, model).tokens;
  }
  return () => 100 + (burn(work.loops) & 1);
}

/** Loops that take about a microsecond on this machine. */
export function loopsPerMicrosecond(): number {
  const loops = 20_000_000;
  burn(loops);
  const before = process.cpuUsage();
  burn(loops);
  const { user } = process.cpuUsage(before);
  return loops / Math.max(1, user);
}

function burn(loops: number): number {
  let state = 1;
  for (let turn = 0; turn < loops; turn += 1) state = (Math.imul(state, 48_271) + turn) | 0;
  return state;
}
