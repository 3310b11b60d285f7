import { largestFitting } from '../../tokens/largest-fitting.ts';
import { unitsHead } from './text-head.ts';

/** Few texts have more characters a token than this, and none loses more than its end by it. */
const MAX_UNITS_PER_TOKEN = 32;
const CUT_MARK = '...';

/**
 * The longest beginning of a text, marked with `...`, that fits; cut between two characters. Null when no character of it fits,
 * or when nothing of it is missing.
 */
export function fitText(
  text: string,
  { maxTokens, fits }: { readonly maxTokens: number; readonly fits: (cut: string) => boolean },
): string | null {
  const highest = Math.min(text.length - 1, maxTokens * MAX_UNITS_PER_TOKEN);
  const cutAt = (units: number): string => unitsHead(text, units) + CUT_MARK;
  const units = largestFitting(Math.max(0, highest), (value) => fits(cutAt(value)));
  const cut = cutAt(units);
  return cut === CUT_MARK || !fits(cut) ? null : cut;
}
