import type { Modality, PageLevel, StorageTier } from '../../domain/page.ts';

/** What is known of a page without its content. */
export interface HintedEntry {
  readonly modality: Modality;
  readonly tier: StorageTier;
  readonly level: PageLevel;
}

const TIER_WORDS: Readonly<Partial<Record<StorageTier, string>>> = {
  L2: 'recent',
  L3: 'stored',
  L4: 'archived',
};
const LEVEL_WORDS: Readonly<Partial<Record<PageLevel, string>>> = { 1: 'excerpt', 2: 'summary' };

/** A hint for a page of which only kind, place and level are known: `image stored summary`; `content` when nothing tells more. */
export function simpleHint({ modality, tier, level }: HintedEntry): string {
  const words = [modality === 'text' ? undefined : modality, TIER_WORDS[tier], LEVEL_WORDS[level]];
  return words.filter((word) => word !== undefined).join(' ') || 'content';
}
