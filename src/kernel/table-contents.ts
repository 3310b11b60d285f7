import {
  ARENA_AT,
  CLASS_BLOCKS_AT,
  CLASS_INDEX_AT,
  CLASS_INDEX_BYTES,
  CONTROL_TOKENS,
  MAX_CLASS_BLOCK_BYTES,
} from '../../assembly/shared/tokenizer-layout.ts';
import type { CodePointClasses } from './code-point-classes.ts';
import { controlWords } from './counter-tables.ts';
import type { CounterTables } from './counter-tables.ts';

/** What the tables of an encoding were built from. */
export interface TableContents {
  /** The bytes of all tokens in rank order. */
  readonly bytes: Uint8Array;
  /** Where each token begins in `bytes`, with a last entry for the end. */
  readonly starts: Uint32Array;
  readonly classes: CodePointClasses;
}

/** Bytes of a token in the arena, the last of which is its length. */
const SLOT_BYTES = 16;

/** Reads the tokens and classes back out of tables, as copies that no thread shares: some 10 ms. */
export function readTables({ memory }: CounterTables): TableContents {
  const { buffer } = memory;
  const view = new DataView(buffer);
  const count = controlWords(memory)[CONTROL_TOKENS / 4] ?? 0;
  const starts = new Uint32Array(count + 1);
  const parts: Uint8Array[] = [];
  for (let rank = 0; rank < count; rank += 1) {
    const slot = ARENA_AT + rank * SLOT_BYTES;
    const length = view.getUint8(slot + SLOT_BYTES - 1);
    const at = length < SLOT_BYTES ? slot : view.getUint32(slot, true);
    starts[rank + 1] = (starts[rank] ?? 0) + length;
    parts.push(new Uint8Array(buffer, at, length));
  }
  return {
    bytes: joined(parts, starts),
    starts,
    classes: {
      index: new Uint16Array(buffer, CLASS_INDEX_AT, CLASS_INDEX_BYTES / 2).slice(),
      blocks: new Uint8Array(buffer, CLASS_BLOCKS_AT, MAX_CLASS_BLOCK_BYTES).slice(),
    },
  };
}

function joined(parts: readonly Uint8Array[], starts: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(starts.at(-1) ?? 0);
  parts.forEach((part, index) => bytes.set(part, starts[index]));
  return bytes;
}
