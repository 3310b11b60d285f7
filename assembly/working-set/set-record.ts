import { SET_RECORD_BYTES } from '../shared/layout';

// The scalars of one set. The tables named SET_… in the layout follow, then the columns of the slots, then those of the
// seats. A region starts at a multiple of 16 and a capacity is a multiple of 16, so every column is aligned.
//
//   record | tables | slot columns × capacity | seat columns × capacity × 5/4

/** What a set knows besides its columns. */
@unmanaged
export class SetRecord {
  weightPosition: f64;
  weightImportance: f64;
  weightThrash: f64;
  hotRecency: f64;
  hotFrequency: f64;
  hotImportance: f64;
  hotThrash: f64;
  pinnedTokens: f64;
  capacity: i32;
  /** Slots that were ever used; those beyond hold garbage. */
  slotEnd: i32;
  freeSlot: i32;
  pages: i32;
  /** Seats up to here are taken or are gaps. */
  seatEnd: i32;
  turn: i32;
  version: u32;
  nextCreated: u32;
  totalTokens: i32;
  reservedTokens: i32;
  usesPageImportance: i32;
  /** Whether any type bonus or modality factor does anything. */
  isWeighted: i32;
  faultTurns: i32;
  evictTurns: i32;
  faultHardTurns: i32;
  evictHardTurns: i32;
  /** From this turn on no page is excluded for what happened to it lately. */
  hardUntil: i32;
  shift: i32;
}

/** Stops the build when the record and the layout disagree; compiles to nothing. */
export function assertSetRecord(): void {
  if (offsetof<SetRecord>() != SET_RECORD_BYTES) ERROR('SET_RECORD_BYTES');
}
