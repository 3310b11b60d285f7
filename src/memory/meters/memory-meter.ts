import type { PageMutation } from '../../domain/page-mutation.ts';
import type { Modality, StorageTier } from '../../domain/page.ts';

/** The figures of a memory at one moment. */
export interface MemoryFigures {
  readonly turns: number;
  readonly faultsTotal: number;
  readonly faultsThisTurn: number;
  /** Faults over turns, the current one included. */
  readonly faultsPerTurn: number;
  readonly tlbHits: number;
  readonly tlbMisses: number;
  /** Hits over look-ups; 0 before there are any. */
  readonly tlbHitRate: number;
  readonly evictionsTotal: number;
  readonly evictionsThisTurn: number;
  readonly compressionsTotal: number;
  readonly compressionsThisTurn: number;
  readonly tokensSavedByCompression: number;
  readonly tokensInWorkingSet: number;
  readonly tokensAvailable: number;
  readonly pagesByTier: Readonly<Record<StorageTier, number>>;
  readonly pagesByModality: Readonly<Record<Modality, number>>;
}

/** What a mutation does not say of its page. */
export interface MutationFacts {
  readonly modality: Modality;
  /** Tokens that a compression saved. Default 0. */
  readonly tokensSaved?: number | undefined;
}

/** The one place where a memory is counted; what it gives out are copies. */
export class MemoryMeter {
  readonly #tiers: Record<StorageTier, number> = { L0: 0, L1: 0, L2: 0, L3: 0, L4: 0 };
  readonly #modalities: Record<Modality, number> = {
    text: 0,
    image: 0,
    audio: 0,
    video: 0,
    structured: 0,
  };
  readonly #total = { faults: 0, evictions: 0, compressions: 0 };
  readonly #thisTurn = { faults: 0, evictions: 0, compressions: 0 };
  readonly #lookups = { hits: 0, misses: 0 };
  #turns = 1;
  #tokensSaved = 0;
  #tokens = { inWorkingSet: 0, available: 0 };

  /** Counts a mutation: where its page is now, and what happened. */
  record(mutation: PageMutation, { modality, tokensSaved = 0 }: MutationFacts): void {
    const { type, tierBefore, tierAfter } = mutation;
    if (tierBefore === null) this.#modalities[modality] += 1;
    else this.#tiers[tierBefore] -= 1;
    if (tierAfter === null) this.#modalities[modality] -= 1;
    else this.#tiers[tierAfter] += 1;
    if (type === 'fault_in') this.#count('faults');
    if (type === 'evict') this.#count('evictions');
    if (type !== 'compress') return;
    this.#count('compressions');
    this.#tokensSaved += tokensSaved;
  }

  /** Counts a look-up of where a page is. */
  recordLookup(isHit: boolean): void {
    if (isHit) this.#lookups.hits += 1;
    else this.#lookups.misses += 1;
  }

  /** Notes what the context takes and what is left of its room, in tokens. */
  setTokens(tokens: { readonly inWorkingSet: number; readonly available: number }): void {
    this.#tokens = { ...tokens };
  }

  /** Begins a turn; totals stay. */
  newTurn(): void {
    this.#turns += 1;
    Object.assign(this.#thisTurn, { faults: 0, evictions: 0, compressions: 0 });
  }

  /** A copy of all figures. */
  figures(): MemoryFigures {
    const { hits, misses } = this.#lookups;
    const lookups = hits + misses;
    return {
      turns: this.#turns,
      faultsTotal: this.#total.faults,
      faultsThisTurn: this.#thisTurn.faults,
      faultsPerTurn: this.#total.faults / this.#turns,
      tlbHits: hits,
      tlbMisses: misses,
      tlbHitRate: lookups === 0 ? 0 : hits / lookups,
      evictionsTotal: this.#total.evictions,
      evictionsThisTurn: this.#thisTurn.evictions,
      compressionsTotal: this.#total.compressions,
      compressionsThisTurn: this.#thisTurn.compressions,
      tokensSavedByCompression: this.#tokensSaved,
      tokensInWorkingSet: this.#tokens.inWorkingSet,
      tokensAvailable: this.#tokens.available,
      pagesByTier: { ...this.#tiers },
      pagesByModality: { ...this.#modalities },
    };
  }

  #count(what: 'faults' | 'evictions' | 'compressions'): void {
    this.#total[what] += 1;
    this.#thisTurn[what] += 1;
  }
}
