import { FREQUENCY_ENTRIES } from '../../../assembly/shared/layout.ts';

/**
 * The frequency score by number of accesses, `min(1, ln(1 + count) / 10)`. Both kernels read this table, because a
 * logarithm is not the same to the last bit in every engine. The last entry is the first that reaches 1.
 */
export function buildFrequencyTable(): Float64Array {
  return Float64Array.from({ length: FREQUENCY_ENTRIES }, (_, count) =>
    Math.min(1, Math.log(1 + count) / 10),
  );
}
