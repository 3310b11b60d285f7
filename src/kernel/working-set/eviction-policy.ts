import {
  POLICY_COLUMNS,
  POLICY_EVICT_HARD_TURNS,
  POLICY_EVICT_TURNS,
  POLICY_FAULT_HARD_TURNS,
  POLICY_FAULT_TURNS,
  POLICY_HOT_FREQUENCY,
  POLICY_HOT_IMPORTANCE,
  POLICY_HOT_RECENCY,
  POLICY_HOT_THRASH,
  POLICY_IMPORTANCE,
  POLICY_MODALITY_FACTOR,
  POLICY_PAGE_IMPORTANCE,
  POLICY_POSITION,
  POLICY_THRASH,
  POLICY_TYPE_BONUS,
} from '../../../assembly/shared/layout.ts';
import { PAGE_MODALITIES, PAGE_TYPES } from './page-kinds.ts';
import type { Modality, PageType } from '../../domain/page.ts';

/**
 * How pages are scored; the lowest score leaves first. In the context a page scores
 * `(position·P + importance·I + penalty·T + bonus of its type) · factor of its modality`, where the position grows from
 * 0 (oldest) towards 1. In the hot tier it is recency and frequency instead of the position.
 */
export interface EvictionWeights {
  readonly context: {
    readonly position: number;
    readonly importance: number;
    readonly thrash: number;
  };
  readonly hot: {
    readonly recency: number;
    readonly frequency: number;
    readonly importance: number;
    readonly thrash: number;
  };
  /** Whether the importance of pages counts in the context; otherwise only overrides do and others stand at 0.5. */
  readonly usesPageImportance: boolean;
  /** Added to the score of a page of the type; 0 for types that are not named. */
  readonly typeBonus: Readonly<Partial<Record<PageType, number>>>;
  /** Multiplies the score of a page of the modality; 1 for modalities that are not named. */
  readonly modalityFactor: Readonly<Partial<Record<Modality, number>>>;
  /** For how many turns a fault or an eviction speaks against taking a page out again, fading. */
  readonly penaltyTurns: { readonly fault: number; readonly evict: number };
  /** For how many of these turns the page does not leave at all, except in an emergency. */
  readonly hardTurns: { readonly fault: number; readonly evict: number };
}

/** Scores by position, importance and what happened lately. */
export const IMPORTANCE_WEIGHTED_LRU: EvictionWeights = {
  context: { position: 0.4, importance: 0.4, thrash: 0.2 },
  hot: { recency: 0.3, frequency: 0.2, importance: 0.3, thrash: 0.2 },
  usesPageImportance: true,
  typeBonus: {},
  modalityFactor: {},
  penaltyTurns: { fault: 2, evict: 3 },
  hardTurns: { fault: 1, evict: 1 },
};

/** Scores by position in the context, and by the time of the latest access in the hot tier. */
export const PLAIN_LRU: EvictionWeights = {
  ...IMPORTANCE_WEIGHTED_LRU,
  context: { position: 1, importance: 0, thrash: 0 },
  hot: { recency: 1, frequency: 0, importance: 0, thrash: 0 },
};

/** The importance-weighted score, in which text outlasts what is costly to show. */
export const MODALITY_AWARE_LRU: EvictionWeights = {
  ...IMPORTANCE_WEIGHTED_LRU,
  modalityFactor: { text: 1, structured: 0.9, image: 0.5, audio: 0.4, video: 0.3 },
};

/** Writes a policy in the columns that the kernels read. */
export function encodePolicy(policy: EvictionWeights): Float64Array {
  const columns = new Float64Array(POLICY_COLUMNS);
  columns[POLICY_POSITION] = policy.context.position;
  columns[POLICY_IMPORTANCE] = policy.context.importance;
  columns[POLICY_THRASH] = policy.context.thrash;
  columns[POLICY_HOT_RECENCY] = policy.hot.recency;
  columns[POLICY_HOT_FREQUENCY] = policy.hot.frequency;
  columns[POLICY_HOT_IMPORTANCE] = policy.hot.importance;
  columns[POLICY_HOT_THRASH] = policy.hot.thrash;
  columns[POLICY_PAGE_IMPORTANCE] = policy.usesPageImportance ? 1 : 0;
  columns[POLICY_FAULT_TURNS] = policy.penaltyTurns.fault;
  columns[POLICY_EVICT_TURNS] = policy.penaltyTurns.evict;
  columns[POLICY_FAULT_HARD_TURNS] = policy.hardTurns.fault;
  columns[POLICY_EVICT_HARD_TURNS] = policy.hardTurns.evict;
  PAGE_TYPES.forEach((type, index) => {
    columns[POLICY_TYPE_BONUS + index] = policy.typeBonus[type] ?? 0;
  });
  PAGE_MODALITIES.forEach((modality, index) => {
    columns[POLICY_MODALITY_FACTOR + index] = policy.modalityFactor[modality] ?? 1;
  });
  return columns;
}
