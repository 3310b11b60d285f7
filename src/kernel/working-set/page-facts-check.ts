import {
  FACT_ACCESSED_MS,
  FACT_ACCESS_COUNT,
  FACT_CONTENT_VERSION,
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
  FLAGS_SETTABLE,
  FLAG_RESIDENT,
  FLAG_STORED,
  LEVEL_COUNT,
  MAX_PAGE_TOKENS,
  MODALITY_COUNT,
  PAGE_TYPE_COUNT,
  TIER_CONTEXT,
  TIER_COUNT,
  TIER_STORED,
  TOKENS_ABSENT,
  TURN_NEVER,
} from '../../../assembly/shared/layout.ts';

const MAX_U32 = 0xffffffff;

/** Whether the FACT_… columns describe a page that may be added in this turn. */
export function areFactsValid(facts: Float64Array, turn: number): boolean {
  const fact = (column: number): number => facts[column] ?? Number.NaN;
  return (
    areOrdinalsValid(fact) &&
    areLevelsValid(fact) &&
    areNumbersValid(fact) &&
    isPastTurn(fact(FACT_FAULT_TURN), turn) &&
    isPastTurn(fact(FACT_EVICT_TURN), turn)
  );
}

/** Whether a page with these flags may be in a tier: in the upper two its content is at hand, in the lower two not lost. */
export function canStand(tier: number, flags: number): boolean {
  if ((flags & FLAG_RESIDENT) !== 0 || tier === TIER_STORED) return true;
  return tier > TIER_STORED && (flags & FLAG_STORED) !== 0;
}

/** Whether a number is between 0 and 1. */
export function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}

/** Whether a number can be a time in milliseconds. */
export function isTime(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** Whether a number is whole and in a range. */
export function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

type Facts = (column: number) => number;

function areOrdinalsValid(fact: Facts): boolean {
  const flags = fact(FACT_FLAGS);
  return (
    isWhole(fact(FACT_TYPE), 0, PAGE_TYPE_COUNT - 1) &&
    isWhole(fact(FACT_MODALITY), 0, MODALITY_COUNT - 1) &&
    isWhole(fact(FACT_TIER), TIER_CONTEXT, TIER_COUNT - 1) &&
    isWhole(flags, 0, FLAGS_SETTABLE) &&
    (flags & ~FLAGS_SETTABLE) === 0 &&
    canStand(fact(FACT_TIER), flags)
  );
}

function areLevelsValid(fact: Facts): boolean {
  const level = fact(FACT_LEVEL);
  if (!isWhole(level, 0, LEVEL_COUNT - 1)) return false;
  for (let index = 0; index < LEVEL_COUNT; index += 1) {
    if (!isWhole(fact(FACT_LEVEL_TOKENS + index), TOKENS_ABSENT, MAX_PAGE_TOKENS)) return false;
  }
  return fact(FACT_LEVEL_TOKENS + level) !== TOKENS_ABSENT;
}

function areNumbersValid(fact: Facts): boolean {
  const override = fact(FACT_OVERRIDE);
  return (
    (Number.isNaN(override) || isShare(override)) &&
    isShare(fact(FACT_IMPORTANCE)) &&
    isTime(fact(FACT_ACCESSED_MS)) &&
    isWhole(fact(FACT_ACCESS_COUNT), 0, MAX_U32) &&
    isWhole(fact(FACT_CONTENT_VERSION), 0, MAX_U32)
  );
}

function isPastTurn(value: number, turn: number): boolean {
  return value === TURN_NEVER || isWhole(value, 0, turn);
}
