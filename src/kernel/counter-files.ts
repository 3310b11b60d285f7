import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { contentHash } from './content-hash.ts';
import { COUNTER_FILES } from './counter-files.generated.ts';

/** Name of a file that the token counter reads. */
export type CounterFile = keyof typeof COUNTER_FILES;

// Written out, since bundlers find a file by this very form. `build/` has the same place below the sources and below dist/.
const LOCATIONS: Readonly<Record<CounterFile, () => URL>> = {
  'counter-simd.wasm': () => new URL('../../build/counter/counter-simd.wasm', import.meta.url),
  'counter-plain.wasm': () => new URL('../../build/counter/counter-plain.wasm', import.meta.url),
  'o200k_base.merges': () => new URL('../../build/counter/o200k_base.merges', import.meta.url),
  'cl100k_base.merges': () => new URL('../../build/counter/cl100k_base.merges', import.meta.url),
  'unicode-16.classes': () => new URL('../../build/counter/unicode-16.classes', import.meta.url),
};

/**
 * The bytes of a file, or null where it cannot be had (a bundle without it) or is not of this build. Synchronous, since
 * counting happens inside synchronous turns.
 */
export function readCounterFile(name: CounterFile): Uint8Array | null {
  const bytes = readIfThere(LOCATIONS[name]);
  const { bytes: length, hash } = COUNTER_FILES[name];
  return bytes?.length === length && contentHash(bytes) === hash ? bytes : null;
}

/**
 * Reads a file to where it is needed, which spares a copy of it and is done sooner; false where it cannot be had or is shorter than
 * the room for it. Whether it is of this build is for the caller to find out, by its hash there.
 */
export function readCounterFileInto(name: CounterFile, room: Uint8Array): boolean {
  try {
    const file = openSync(LOCATIONS[name](), 'r');
    try {
      return readSync(file, room) === room.length;
    } finally {
      closeSync(file);
    }
  } catch {
    return false; // Not there, as above.
  }
}

function readIfThere(locate: () => URL): Uint8Array | null {
  try {
    // In here, since a bundle may know no place of its own.
    return readFileSync(locate());
  } catch {
    return null; // Not there: the caller estimates instead, and says so.
  }
}
