import {
  FACT_ACCESSED_MS,
  FACT_ACCESS_COUNT,
  FACT_CONTENT_VERSION,
  FACT_CREATED,
  FACT_EVICT_TURN,
  FACT_FAULT_TURN,
  FACT_FLAGS,
  FACT_IMPORTANCE,
  FACT_LEVEL,
  FACT_LEVEL_TOKENS,
  FACT_MODALITY,
  FACT_OVERRIDE,
  FACT_TIER,
  FACT_TYPE,
  LEVEL_COUNT,
  TOKENS_ABSENT,
  TURN_NEVER,
} from '../../../assembly/shared/layout.ts';
import { PAGE_FLAGS, PAGE_MODALITIES, PAGE_TYPES, TIERS } from './page-kinds.ts';
import type { FoldLevel, PageFlag, PageModality, PageType, Tier } from './page-kinds.ts';

/** Tokens of a page at each level, rendering included; null where there is no representation. */
export type LevelTokens = readonly [
  full: number | null,
  reduced: number | null,
  abstract: number | null,
  reference: number | null,
];

/** What has to be known of a page to add it to a working set. */
export interface NewPage {
  readonly type: PageType;
  readonly modality: PageModality;
  readonly tier: Tier;
  readonly levelTokens: LevelTokens;
  /** The level at which it is shown, by default 0. */
  readonly level?: FoldLevel;
  /** Between 0 and 1, by default 0.5. */
  readonly importance?: number;
  /** Goes before the importance; null, the default, for none. */
  readonly importanceOverride?: number | null;
  /** By default only `resident`. */
  readonly flags?: readonly PageFlag[];
  readonly lastAccessedMs: number;
  readonly accessCount?: number;
  /** The turn of the latest fault or protection; null, the default, for never. */
  readonly faultTurn?: number | null;
  /** The turn of the latest eviction. */
  readonly evictTurn?: number | null;
  readonly contentVersion?: number;
}

/** Everything that a working set knows of a page. */
export interface PageFacts extends Required<NewPage> {
  /** Grows with every page that is added to the set. */
  readonly created: number;
}

/** Writes a page in the columns that the kernels read. What is not a number becomes one that they refuse. */
export function encodeFacts(page: NewPage, facts: Float64Array): void {
  facts[FACT_TYPE] = PAGE_TYPES.indexOf(page.type);
  facts[FACT_MODALITY] = PAGE_MODALITIES.indexOf(page.modality);
  facts[FACT_TIER] = TIERS.indexOf(page.tier);
  facts[FACT_LEVEL] = page.level ?? 0;
  for (let level = 0; level < LEVEL_COUNT; level += 1) {
    facts[FACT_LEVEL_TOKENS + level] = page.levelTokens[level] ?? TOKENS_ABSENT;
  }
  facts[FACT_IMPORTANCE] = page.importance ?? 0.5;
  facts[FACT_OVERRIDE] = encodeOverride(page.importanceOverride ?? null);
  facts[FACT_FLAGS] = encodeFlags(page.flags ?? ['resident']);
  facts[FACT_ACCESSED_MS] = page.lastAccessedMs;
  facts[FACT_ACCESS_COUNT] = page.accessCount ?? 0;
  facts[FACT_FAULT_TURN] = page.faultTurn ?? TURN_NEVER;
  facts[FACT_EVICT_TURN] = page.evictTurn ?? TURN_NEVER;
  facts[FACT_CONTENT_VERSION] = page.contentVersion ?? 0;
}

/** Names the columns that a kernel has written. */
export function decodeFacts(facts: Float64Array): PageFacts {
  const fact = (column: number): number => facts[column] ?? 0;
  const flags = fact(FACT_FLAGS);
  return {
    type: PAGE_TYPES[fact(FACT_TYPE)] ?? 'transcript',
    modality: PAGE_MODALITIES[fact(FACT_MODALITY)] ?? 'text',
    tier: decodeTier(facts),
    level: toLevel(fact(FACT_LEVEL)),
    levelTokens: [
      decodeFullTokens(facts),
      toTokens(fact(FACT_LEVEL_TOKENS + 1)),
      toTokens(fact(FACT_LEVEL_TOKENS + 2)),
      toTokens(fact(FACT_LEVEL_TOKENS + 3)),
    ],
    importance: fact(FACT_IMPORTANCE),
    importanceOverride: Number.isNaN(fact(FACT_OVERRIDE)) ? null : fact(FACT_OVERRIDE),
    flags: FLAG_NAMES.filter((name) => (flags & PAGE_FLAGS[name]) !== 0),
    lastAccessedMs: fact(FACT_ACCESSED_MS),
    accessCount: fact(FACT_ACCESS_COUNT),
    faultTurn: toTurn(fact(FACT_FAULT_TURN)),
    evictTurn: toTurn(fact(FACT_EVICT_TURN)),
    contentVersion: fact(FACT_CONTENT_VERSION),
    created: fact(FACT_CREATED),
  };
}

/** The tier alone of what {@link decodeFacts} names. */
export function decodeTier(facts: Float64Array): Tier {
  return TIERS[facts[FACT_TIER] ?? 0] ?? 'L0';
}

/** The cost of all of the page alone. */
export function decodeFullTokens(facts: Float64Array): number | null {
  return toTokens(facts[FACT_LEVEL_TOKENS] ?? 0);
}

/** The flag alone that the content is in the process. */
export function decodeResident(facts: Float64Array): boolean {
  return ((facts[FACT_FLAGS] ?? 0) & PAGE_FLAGS.resident) !== 0;
}

/** The bits of flags. */
export function encodeFlags(flags: readonly PageFlag[]): number {
  return flags.reduce((bits, name) => bits | PAGE_FLAGS[name], 0);
}

const FLAG_NAMES = Object.keys(PAGE_FLAGS) as readonly PageFlag[]; // the keys of the table

/** NaN is how a column says that there is none; a NaN that a caller brings is refused like any bad number. */
function encodeOverride(override: number | null): number {
  if (override === null) return Number.NaN;
  return Number.isNaN(override) ? -1 : override;
}

function toTokens(value: number): number | null {
  return value === TOKENS_ABSENT ? null : value;
}

function toTurn(value: number): number | null {
  return value === TURN_NEVER ? null : value;
}

function toLevel(value: number): FoldLevel {
  if (value === 1 || value === 2 || value === 3) return value;
  return 0;
}
