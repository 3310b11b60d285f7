import {
  FACT_ACCESSED_MS,
  FACT_ACCESS_COUNT,
  FACT_COLUMNS,
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
  FIGURE_CAPACITY,
  FIGURE_COLUMNS,
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
  FLAGS_SETTABLE,
  LEVEL_COUNT,
  MODALITY_COUNT,
  PAGE_TYPE_COUNT,
  SET_MODALITY_PAGES,
  SET_MODALITY_TOKENS,
  SET_TIER_PAGES,
  SET_TIER_TOKENS,
  SET_TYPE_PAGES,
  SLOT_ACCESSED,
  SLOT_ACCESS_COUNT,
  SLOT_CONTENT_VERSION,
  SLOT_CREATED,
  SLOT_EVICT_TURN,
  SLOT_FAULT_TURN,
  SLOT_IMPORTANCE,
  SLOT_OVERRIDE,
  STATUS_BAD_SET,
  STATUS_BAD_SLOT,
  STATUS_OK,
  TIER_COUNT,
} from '../shared/layout';
import {
  cell4,
  cell8,
  flagsOf,
  isLive,
  levelCell,
  levelOf,
  modalityOf,
  table4,
  table8,
  tierOf,
  typeOf,
} from './columns';
import { findSet } from './sets';
import { SetRecord } from './set-record';
import { evictableTokens } from './sums';

const facts: usize = memory.data(FACT_COLUMNS * sizeof<f64>(), 16);
const figures: usize = memory.data(FIGURE_COLUMNS * sizeof<f64>(), 16);

/** Address of the facts of one page, which `readPage` writes and `addPage` reads. */
export function factsAddress(): usize {
  return facts;
}

/** Address of the figures that `readFigures` writes. */
export function figuresAddress(): usize {
  return figures;
}

/** One column of the facts. */
export function factAt(column: i32): f64 {
  return load<f64>(facts + ((<usize>column) << 3));
}

/** Writes what is known of a page to the facts. */
export function readPage(set: i32, slot: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (!isLive(record, slot)) return STATUS_BAD_SLOT;
  putFact(FACT_TYPE, <f64>typeOf(record, slot));
  putFact(FACT_MODALITY, <f64>modalityOf(record, slot));
  putFact(FACT_TIER, <f64>tierOf(record, slot));
  putFact(FACT_LEVEL, <f64>levelOf(record, slot));
  for (let level: i32 = 0; level < LEVEL_COUNT; level += 1) {
    putFact(FACT_LEVEL_TOKENS + level, <f64>load<i32>(levelCell(record, slot, level)));
  }
  putFact(FACT_IMPORTANCE, load<f64>(cell8(record, SLOT_IMPORTANCE, slot)));
  putFact(FACT_OVERRIDE, load<f64>(cell8(record, SLOT_OVERRIDE, slot)));
  putFact(FACT_FLAGS, <f64>(flagsOf(record, slot) & FLAGS_SETTABLE));
  putFact(FACT_ACCESSED_MS, load<f64>(cell8(record, SLOT_ACCESSED, slot)));
  putFact(FACT_ACCESS_COUNT, <f64>load<u32>(cell4(record, SLOT_ACCESS_COUNT, slot)));
  putFact(FACT_FAULT_TURN, <f64>load<i32>(cell4(record, SLOT_FAULT_TURN, slot)));
  putFact(FACT_EVICT_TURN, <f64>load<i32>(cell4(record, SLOT_EVICT_TURN, slot)));
  putFact(FACT_CONTENT_VERSION, <f64>load<u32>(cell4(record, SLOT_CONTENT_VERSION, slot)));
  putFact(FACT_CREATED, <f64>load<u32>(cell4(record, SLOT_CREATED, slot)));
  return STATUS_OK;
}

/** Writes the budget and the running sums of a set to the figures. */
export function readFigures(set: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  putFigure(FIGURE_TOTAL, <f64>record.totalTokens);
  putFigure(FIGURE_RESERVED, <f64>record.reservedTokens);
  putFigure(FIGURE_TURN, <f64>record.turn);
  putFigure(FIGURE_VERSION, <f64>record.version);
  putFigure(FIGURE_PAGES, <f64>record.pages);
  putFigure(FIGURE_CAPACITY, <f64>record.capacity);
  putFigure(FIGURE_EVICTABLE, evictableTokens(record));
  putTokens(record, SET_TIER_TOKENS, FIGURE_TIER_TOKENS);
  putTokens(record, SET_MODALITY_TOKENS, FIGURE_MODALITY_TOKENS);
  putPages(table4(record, SET_TIER_PAGES, 0), FIGURE_TIER_PAGES, TIER_COUNT);
  putPages(table4(record, SET_TYPE_PAGES, 0), FIGURE_TYPE_PAGES, PAGE_TYPE_COUNT);
  putPages(table4(record, SET_MODALITY_PAGES, 0), FIGURE_MODALITY_PAGES, MODALITY_COUNT);
  return STATUS_OK;
}

/** Five sums: there are as many tiers as modalities. */
function putTokens(record: SetRecord, table: i32, column: i32): void {
  for (let index: i32 = 0; index < TIER_COUNT; index += 1) {
    putFigure(column + index, load<f64>(table8(record, table, index)));
  }
}

function putPages(table: usize, column: i32, count: i32): void {
  for (let index: i32 = 0; index < count; index += 1) {
    putFigure(column + index, <f64>load<i32>(table + ((<usize>index) << 2)));
  }
}

function putFact(column: i32, value: f64): void {
  store<f64>(facts + ((<usize>column) << 3), value);
}

function putFigure(column: i32, value: f64): void {
  store<f64>(figures + ((<usize>column) << 3), value);
}
