import {
  FIGURE_EVICTABLE,
  FIGURE_MODALITY_PAGES,
  FIGURE_MODALITY_TOKENS,
  FIGURE_PAGES,
  FIGURE_RESERVED,
  FIGURE_TIER_PAGES,
  FIGURE_TIER_TOKENS,
  FIGURE_TOTAL,
  FIGURE_TURN,
  FIGURE_TYPE_PAGES,
  FIGURE_VERSION,
} from '../../../assembly/shared/layout.ts';
import { PAGE_MODALITIES, PAGE_TYPES, TIERS } from './page-kinds.ts';
import type { WorkingSetFigures } from './working-set.ts';

/** Names the columns that a kernel has written. */
export function decodeFigures(columns: Float64Array): WorkingSetFigures {
  const figure = (column: number): number => columns[column] ?? 0;
  const named = <Name extends string>(
    names: readonly Name[],
    column: number,
  ): Readonly<Record<Name, number>> => {
    // Not by `Object.fromEntries`, which makes pairs first: every page that comes in asks for these figures.
    const values: Partial<Record<Name, number>> = {};
    names.forEach((name, index) => {
      values[name] = figure(column + index);
    });
    // The names given, each once.
    return values as Record<Name, number>;
  };
  const [totalTokens, reservedTokens] = [figure(FIGURE_TOTAL), figure(FIGURE_RESERVED)];
  const usedTokens = figure(FIGURE_TIER_TOKENS);
  return {
    totalTokens,
    reservedTokens,
    usedTokens,
    availableTokens: totalTokens - reservedTokens - usedTokens,
    evictableTokens: figure(FIGURE_EVICTABLE),
    turn: figure(FIGURE_TURN),
    version: figure(FIGURE_VERSION),
    pages: figure(FIGURE_PAGES),
    pagesByTier: named(TIERS, FIGURE_TIER_PAGES),
    tokensByTier: named(TIERS, FIGURE_TIER_TOKENS),
    pagesByType: named(PAGE_TYPES, FIGURE_TYPE_PAGES),
    pagesByModality: named(PAGE_MODALITIES, FIGURE_MODALITY_PAGES),
    tokensByModality: named(PAGE_MODALITIES, FIGURE_MODALITY_TOKENS),
  };
}
