import type { SlotScores } from './page-scoring.ts';

/** Scores are told apart by this many steps of the best of them. */
const STEPS = 4_096;

/**
 * The slots with the highest scores, in no order: so many of them, and those that score about as much as the last. Takes time in
 * proportion to the scores, where sorting them would take more than all else.
 */
export function strongestSlots({ scores, touched }: SlotScores, limit: number): readonly number[] {
  if (touched.length <= limit) return touched;
  const best = touched.reduce((most, slot) => Math.max(most, scores[slot] ?? 0), 0);
  if (best === 0) return touched;
  const stepOf = (slot: number): number => Math.floor(((scores[slot] ?? 0) / best) * STEPS);
  const counts = new Uint32Array(STEPS + 1);
  for (const slot of touched) {
    const step = stepOf(slot);
    counts[step] = (counts[step] ?? 0) + 1;
  }
  let least = STEPS;
  for (let found = counts[least] ?? 0; found < limit && least > 0; found += counts[least] ?? 0)
    least -= 1;
  return touched.filter((slot) => stepOf(slot) >= least);
}
