import { type FoldingOptions, parseFoldingOptions } from '../../domain/folding-options.ts';
import { DEFAULT_WORDS_SHARE } from './fold-text.ts';
import { DEFAULT_LEVEL_LIMITS, type LevelLimits } from './level-limits.ts';
import { DEFAULT_SUMMARY_TIMEOUT_MS, type Summarizer } from './summarize-text.ts';
import { machineTimer } from './timer.ts';

/** Options with every default in its place. */
export interface FoldingSettings extends LevelLimits {
  readonly wordsShare: number;
  readonly summarizer: Summarizer | null;
}

/**
 * Settings from options.
 * @throws INVALID_INPUT naming the option.
 */
export function foldingSettings(options: FoldingOptions): FoldingSettings {
  const parsed = parseFoldingOptions(options);
  return {
    reducedRatio: parsed.reducedRatio ?? DEFAULT_LEVEL_LIMITS.reducedRatio,
    abstractMaxTokens: parsed.abstractMaxTokens ?? DEFAULT_LEVEL_LIMITS.abstractMaxTokens,
    referenceMaxTokens: parsed.referenceMaxTokens ?? DEFAULT_LEVEL_LIMITS.referenceMaxTokens,
    wordsShare: parsed.wordsShare ?? DEFAULT_WORDS_SHARE,
    summarizer: summarizerOf(parsed),
  };
}

function summarizerOf({ summarize, summaryTimeoutMs, clock }: FoldingOptions): Summarizer | null {
  if (summarize === undefined) return null;
  return {
    summarize,
    timeoutMs: summaryTimeoutMs ?? DEFAULT_SUMMARY_TIMEOUT_MS,
    clock: clock ?? machineTimer,
  };
}
