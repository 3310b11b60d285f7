import type { EvictionContext, EvictionPage } from './eviction-policy.ts';

const MS_PER_SECOND = 1000;
const SECONDS_PER_HOUR = 3600;
/** What stands for the importance of a page where none is known. */
const MIDDLE_IMPORTANCE = 0.5;

/** From 1 for a page used just now towards 0; an hour ago is a half. A use in the future counts as now. */
export function recencyOf(page: EvictionPage, nowMs: number): number {
  const ageMs = Math.max(nowMs - page.lastAccessedMs, 0);
  return 1 / (1 + ageMs / MS_PER_SECOND / SECONDS_PER_HOUR);
}

/** From 0 for a page that was never used to 1 from 22,026 uses on. */
export function frequencyOf(page: EvictionPage): number {
  return Math.min(1, Math.log(1 + page.accessCount) / 10);
}

/** The override of a page, else its own importance, else the middle. */
export function importanceOf(
  { importanceOverrides }: EvictionContext,
  pageId: string,
  page: EvictionPage | null,
): number {
  return importanceOverrides.get(pageId) ?? page?.importance ?? MIDDLE_IMPORTANCE;
}

/** How much the history of a page speaks against taking it out, from 0 to 1. */
export function penaltyOf({ antiThrash, currentTurn }: EvictionContext, pageId: string): number {
  return antiThrash?.getEvictionPenalty(pageId, currentTurn) ?? 0;
}
