import {
  CLASS_BLOCKS_AT,
  CLASS_INDEX_AT,
  CONTROL_LARGE_LOCK,
  CONTROL_OWNERS,
  CONTROL_STAGE,
  CONTROL_USED,
  CONTROL_VERSION,
  COUNTER_LAYOUT_VERSION,
  ENCODING_CL100K,
  ENCODING_O200K,
  MAX_CLASS_BLOCK_BYTES,
  MAX_REGIONS,
  REGION_BYTES,
  REGIONS_AT,
  STAGE_READY,
  STATUS_MORE,
  STATUS_OK,
  VOCABULARY_AT,
  WASM_PAGE_BYTES,
  WINDOW,
} from '../../assembly/shared/tokenizer-layout.ts';
import { PagefoldError } from '../domain/errors.ts';
import { codePointClasses } from './code-point-classes.ts';
import type { CodePointClasses } from './code-point-classes.ts';
import { readCounterFileInto } from './counter-files.ts';
import { COUNTER_FILES } from './counter-files.generated.ts';
import { compileCounter, createCounterMemory, instantiateCounter } from './counter-module.ts';
import type {
  CompiledCounter,
  CounterBuild,
  CounterMemory,
  CounterModule,
} from './counter-module.ts';
import { foldsLongS } from './token-rules.ts';
import type { EncodingName, TokenRules } from './token-rules.ts';

/** Tables of one encoding in a memory that threads share: plain data, to be sent to a thread as it is. */
export interface CounterTables {
  readonly layoutVersion: number;
  readonly encoding: EncodingName;
  readonly rules: TokenRules;
  readonly compiled: CompiledCounter;
  readonly memory: CounterMemory;
}

/** What to build tables for. */
export interface CounterTablesOptions {
  readonly encoding: EncodingName;
  readonly rules: TokenRules;
  /** Builds to choose from, the best first. */
  readonly builds?: readonly CounterBuild[];
}

const ENCODING_CODES: Readonly<Record<EncodingName, number>> = {
  o200k_base: ENCODING_O200K,
  cl100k_base: ENCODING_CL100K,
};

const FIRST_PAGES = (REGIONS_AT + REGION_BYTES) / WASM_PAGE_BYTES;
const MOST_PAGES = (REGIONS_AT + MAX_REGIONS * REGION_BYTES) / WASM_PAGE_BYTES;

/**
 * Builds the tables of an encoding in a new memory; null where WebAssembly, shared memory or a file cannot be had. Some 35 ms
 * for o200k_base and 25 ms for cl100k_base on a quiet machine.
 */
export function buildCounterTables(options: CounterTablesOptions): CounterTables | null {
  const { encoding, rules } = options;
  const compiled = compileCounter(options.builds);
  const classes = compiled === null ? null : codePointClasses(rules);
  if (compiled === null || classes === null) return null;
  if (classes.blocks.length > MAX_CLASS_BLOCK_BYTES) return null;
  const memory = createCounterMemory(FIRST_PAGES, MOST_PAGES);
  const module = instantiateCounter(compiled, memory);
  if (module.attach(0, ENCODING_CODES[encoding], 0) !== STATUS_OK) return null;
  writeClasses(memory, classes);
  if (!addVocabulary(module, memory, encoding)) return null;
  const control = controlWords(memory);
  control[CONTROL_VERSION / 4] = COUNTER_LAYOUT_VERSION;
  control[CONTROL_STAGE / 4] = STAGE_READY;
  return { layoutVersion: COUNTER_LAYOUT_VERSION, encoding, rules, compiled, memory };
}

/**
 * A module that counts in a region of its own, or null when all regions are taken or the memory cannot grow.
 *
 * @throws {PagefoldError} `SESSION_MANAGER_ERROR` for tables or a module of another build.
 */
export function attachCounter(tables: CounterTables, owner: number): CounterModule | null {
  const module = openTables(tables);
  const region = claimRegion(tables.memory, owner);
  if (region === null) return null;
  const isUsed = Atomics.exchange(controlWords(tables.memory), CONTROL_USED / 4 + region, 1) !== 0;
  const folds = foldsLongS(tables.rules) ? 1 : 0;
  const status = module.attach(region, ENCODING_CODES[tables.encoding], folds);
  if (status !== STATUS_OK) {
    Atomics.store(controlWords(tables.memory), CONTROL_OWNERS / 4 + region, 0);
    throw new PagefoldError(
      'SESSION_MANAGER_ERROR',
      `The token counter refused region ${region}: ${status}.`,
    );
  }
  // Its last owner may have stopped in the middle of a store. One that is new is not even read: that would take 2 ms.
  if (isUsed) module.clearRegion();
  return module;
}

/**
 * An instance over tables that has no region yet, which proves that the tables can be counted with.
 *
 * @throws {PagefoldError} `SESSION_MANAGER_ERROR` for tables that are not complete, or tables or a module of another build.
 */
export function openTables({ layoutVersion, compiled, memory }: CounterTables): CounterModule {
  const control = controlWords(memory);
  const versions = [layoutVersion, control[CONTROL_VERSION / 4]];
  if (versions.some((version) => version !== COUNTER_LAYOUT_VERSION)) {
    throw new PagefoldError(
      'SESSION_MANAGER_ERROR',
      `The tables of the token counter have layout ${versions.join(', ')}, expected ${COUNTER_LAYOUT_VERSION}.`,
    );
  }
  if (control[CONTROL_STAGE / 4] !== STAGE_READY) {
    throw new PagefoldError(
      'SESSION_MANAGER_ERROR',
      'The tables of the token counter are not complete.',
    );
  }
  return instantiateCounter(compiled, memory);
}

/**
 * Gives back all regions of an owner, and the large window if one of them holds it: of a thread that has ended, or of an
 * instance that is thrown away.
 */
export function releaseRegions(memory: CounterMemory, owner: number): void {
  const control = controlWords(memory);
  for (let region = 0; region < MAX_REGIONS; region++) {
    const word = CONTROL_OWNERS / 4 + region;
    if (Atomics.load(control, word) !== owner) continue;
    Atomics.compareExchange(control, CONTROL_LARGE_LOCK / 4, windowOf(region), 0);
    Atomics.compareExchange(control, word, owner, 0);
  }
}

function windowOf(region: number): number {
  return REGIONS_AT + region * REGION_BYTES + WINDOW;
}

/** The control words of a memory. */
export function controlWords(memory: CounterMemory): Int32Array {
  return new Int32Array(memory.buffer, 0, CLASS_INDEX_AT / 4);
}

function claimRegion(memory: CounterMemory, owner: number): number | null {
  const control = controlWords(memory);
  for (let region = 0; region < MAX_REGIONS; region++) {
    const word = CONTROL_OWNERS / 4 + region;
    if (Atomics.compareExchange(control, word, 0, owner) !== 0) continue;
    if (growToHold(memory, region)) return region;
    Atomics.store(control, word, 0);
    return null;
  }
  return null;
}

/** Two threads may grow at once: then the memory is a region longer than needed, within its limit. */
function growToHold(memory: CounterMemory, region: number): boolean {
  const missing = REGIONS_AT + (region + 1) * REGION_BYTES - memory.buffer.byteLength;
  if (missing <= 0) return true;
  try {
    memory.grow(missing / WASM_PAGE_BYTES);
    return true;
  } catch {
    return memory.buffer.byteLength >= REGIONS_AT + (region + 1) * REGION_BYTES; // Another thread was faster.
  }
}

function writeClasses(memory: CounterMemory, { index, blocks }: CodePointClasses): void {
  new Uint16Array(memory.buffer, CLASS_INDEX_AT, index.length).set(index);
  new Uint8Array(memory.buffer, CLASS_BLOCKS_AT, blocks.length).set(blocks);
}

function addVocabulary(
  module: CounterModule,
  memory: CounterMemory,
  encoding: EncodingName,
): boolean {
  const name = `${encoding}.merges` as const;
  const { bytes, hash } = COUNTER_FILES[name];
  if (!readCounterFileInto(name, new Uint8Array(memory.buffer, VOCABULARY_AT, bytes))) return false;
  if (module.vocabularyHash(bytes) >>> 0 !== hash) return false;
  let status = module.beginTables(bytes);
  if (status !== STATUS_OK) return false;
  do status = module.buildStep();
  while (status === STATUS_MORE);
  return status === STATUS_OK;
}
