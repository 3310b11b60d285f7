import type { PageLevel } from '../../domain/page.ts';

/** How long representations may be. */
export interface LevelLimits {
  /** Which share of the tokens REDUCED may have; ABSTRACT and REFERENCE are held to the square of it. */
  readonly reducedRatio: number;
  readonly abstractMaxTokens: number;
  readonly referenceMaxTokens: number;
}

/** Half, 200 tokens, 50 tokens. */
export const DEFAULT_LEVEL_LIMITS: LevelLimits = {
  reducedRatio: 0.5,
  abstractMaxTokens: 200,
  referenceMaxTokens: 50,
};

/** A level that something can be folded to. */
export type FoldLevel = Exclude<PageLevel, 0>;

/** In order. */
export const FOLD_LEVELS: readonly FoldLevel[] = [1, 2, 3];

/** Content at a level. */
export interface LeveledContent<T> {
  readonly content: T;
  readonly tokens: number;
  readonly level: FoldLevel;
  /** The most tokens it was allowed. */
  readonly maxTokens: number;
}

/** What is folded, and how. */
export interface LevelFold<T> {
  readonly originalTokens: number;
  readonly levelBefore: PageLevel;
  readonly limits: LevelLimits;
  /** The content at a level in at most `maxTokens`; null when there is nothing worth having. */
  readonly render: (
    level: FoldLevel,
    maxTokens: number,
  ) => { readonly content: T; readonly tokens: number } | null;
}

/**
 * Content at the wanted level. One that saves nothing is stepped over to the next that does; when no level from there on is
 * shorter than one below, that one stays. So a higher level never takes more tokens than a lower one, and none as many as the
 * original. Null when nothing is shorter than the original.
 */
export function foldToLevel<T>(wanted: FoldLevel, fold: LevelFold<T>): LeveledContent<T> | null {
  let best: LeveledContent<T> | null = null;
  for (const level of FOLD_LEVELS) {
    if (level <= fold.levelBefore) continue;
    const maxTokens = Math.min(limitAt(level, fold), best?.tokens ?? fold.originalTokens - 1);
    const rendered = fold.render(level, maxTokens);
    if (rendered !== null && rendered.tokens <= maxTokens) best = { ...rendered, level, maxTokens };
    if (best !== null && level >= wanted) return best;
  }
  return best;
}

function limitAt<T>(
  level: FoldLevel,
  { originalTokens, levelBefore, limits }: LevelFold<T>,
): number {
  // A reference needs room for its tag, so it is not asked to be shorter than an abstract.
  const steps = Math.min(level, 2) - Math.min(levelBefore, 2);
  const share = Math.floor(originalTokens * limits.reducedRatio ** steps);
  if (level === 1) return share;
  return Math.min(share, level === 2 ? limits.abstractMaxTokens : limits.referenceMaxTokens);
}
