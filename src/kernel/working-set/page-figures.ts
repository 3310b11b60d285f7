import {
  FIGURE_CAPACITY,
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
import type { PageColumns } from './page-columns.ts';
import { evictableTokens } from './page-sums.ts';

/** Writes the FIGURE_… columns of a set as they are now, and returns them. */
export function writeFigures(set: PageColumns, figures: Float64Array): Float64Array {
  figures[FIGURE_TOTAL] = set.totalTokens;
  figures[FIGURE_RESERVED] = set.reservedTokens;
  figures[FIGURE_TURN] = set.turn;
  figures[FIGURE_VERSION] = set.version;
  figures[FIGURE_PAGES] = set.pages;
  figures[FIGURE_CAPACITY] = set.capacity;
  figures[FIGURE_EVICTABLE] = evictableTokens(set);
  figures.set(set.tierTokens, FIGURE_TIER_TOKENS);
  figures.set(set.tierPages, FIGURE_TIER_PAGES);
  figures.set(set.typePages, FIGURE_TYPE_PAGES);
  figures.set(set.modalityPages, FIGURE_MODALITY_PAGES);
  figures.set(set.modalityTokens, FIGURE_MODALITY_TOKENS);
  return figures;
}
