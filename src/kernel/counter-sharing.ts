import { InvalidInput, PagefoldError } from '../domain/errors.ts';
import { buildCounterTables, openTables, releaseRegions } from './counter-tables.ts';
import type { CounterTables } from './counter-tables.ts';
import { createTokenKernel } from './token-kernel.ts';
import type { TokenKernel } from './token-kernel.ts';
import type { EncodingName, TokenRules } from './token-rules.ts';

// What this thread counts with. One thread builds tables and sends them to the others before they count; a thread that is
// sent none builds its own.

const tablesByName = new Map<string, CounterTables | null>();
const kernels = new Map<string, TokenKernel | null>();

const MAX_OWNER = 2 ** 31 - 1;

/** Owner of the regions of this thread. */
let ownOwner = 1;

/**
 * The kernel of an encoding for this thread, or null where it cannot be had. Its tables are those that the thread was given,
 * or else built once and kept.
 */
export function loadTokenKernel(encoding: EncodingName, rules: TokenRules): TokenKernel | null {
  const name = `${encoding} ${rules}`;
  const known = kernels.get(name);
  if (known !== undefined) return known;
  const kernel = createKernel(name, { encoding, rules });
  kernels.set(name, kernel);
  return kernel;
}

function createKernel(
  name: string,
  options: { readonly encoding: EncodingName; readonly rules: TokenRules },
): TokenKernel | null {
  try {
    const tables = tablesByName.get(name) ?? buildCounterTables(options);
    tablesByName.set(name, tables);
    return tables === null ? null : createTokenKernel({ tables, owner: ownOwner });
  } catch {
    // A process may have too little address space for a memory that grows; its JavaScript counts as exactly.
    return null;
  }
}

/** Builds the tables of encodings, as far as they can be had, without counting here: some 80 ms for both. */
export function prepareCounterTables(encodings: readonly EncodingName[], rules: TokenRules): void {
  for (const encoding of encodings) {
    const name = `${encoding} ${rules}`;
    if (!tablesByName.has(name)) tablesByName.set(name, buildCounterTables({ encoding, rules }));
  }
}

/** The tables that this thread has, to be sent to another one: in `workerData`, before it counts. */
export function counterTables(): readonly CounterTables[] {
  return [...tablesByName.values()].filter((tables) => tables !== null);
}

/**
 * Takes over the tables of another thread, under a number that no other thread goes by (its thread id plus 1 is one), before
 * this thread counts. Takes all of them or none.
 *
 * @throws {PagefoldError} `INVALID_INPUT` for an owner that is none, `SESSION_MANAGER_ERROR` for tables of another build of
 * this library, and when the thread counts already.
 */
export function adoptCounterTables(tables: readonly CounterTables[], owner: number): void {
  assertOwner(owner);
  if (kernels.size > 0) {
    throw new PagefoldError(
      'SESSION_MANAGER_ERROR',
      'This thread has counted tokens with tables of its own already.',
    );
  }
  for (const each of tables) openTables(each);
  ownOwner = owner;
  for (const each of tables) tablesByName.set(`${each.encoding} ${each.rules}`, each);
}

/**
 * Gives back what a thread that has ended counted in; without this a memory serves 64 threads in all.
 *
 * @throws {PagefoldError} `INVALID_INPUT` for an owner that is none.
 */
export function releaseCounterRegions(owner: number): void {
  assertOwner(owner);
  for (const { memory } of counterTables()) releaseRegions(memory, owner);
}

/** 0 stands for a region that is free, and a control word holds 31 bits and a sign. */
function assertOwner(owner: number): void {
  if (Number.isInteger(owner) && owner >= 1 && owner <= MAX_OWNER) return;
  throw new InvalidInput({ field: 'owner', expected: `a whole number from 1 to ${MAX_OWNER}` });
}
