import { COUNTER_LAYOUT_VERSION } from '../../assembly/shared/tokenizer-layout.ts';
import { PagefoldError } from '../domain/errors.ts';
import { readCounterFile } from './counter-files.ts';

/** What the compiled counter exports; see assembly/tokenizer/. Offsets and lengths are in bytes, flags are 0 or 1. */
export interface CounterModule {
  readonly layoutVersion: () => number;
  readonly attach: (region: number, encoding: number, foldsLongS: number) => number;
  readonly clearRegion: () => number;
  readonly vocabularyHash: (byteLength: number) => number;
  readonly beginTables: (byteLength: number) => number;
  readonly buildStep: () => number;
  readonly windowAddress: () => number;
  readonly idsAddress: () => number;
  readonly enterLarge: () => number;
  readonly leaveLarge: () => number;
  readonly countWindow: (byteLength: number, isLast: number, limit: number) => number;
  readonly takenBytes: () => number;
  readonly bytesBeforeLastPiece: () => number;
  readonly tokensOfLastPiece: () => number;
  readonly cutPiece: (offset: number, byteLength: number, maxTokens: number) => number;
  readonly unitsBetween: (from: number, to: number) => number;
  readonly openPiece: (offset: number, byteLength: number, isLast: number) => number;
  readonly openPieceBytes: () => number;
  readonly writeIds: () => number;
  readonly callCount: () => number;
  readonly work: () => number;
}

/** A memory that threads share. */
export interface CounterMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds WASM pages of 64 KiB; views made before stay valid. */
  readonly grow: (wasmPages: number) => number;
}

/** A compiled module: what it is, only the engine knows. It can be sent to another thread. */
export type CompiledCounter = object;

/** Which build of the counter: `plain` is for processors without SIMD. */
export type CounterBuild = 'simd' | 'plain';

// The library does not ask its users for the DOM types, so it names what it needs itself.
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => CompiledCounter;
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => CounterMemory;
  readonly Instance: new (
    module: CompiledCounter,
    imports: { readonly env: { readonly memory: CounterMemory } },
  ) => { readonly exports: unknown };
}

function findWebAssembly(): WebAssemblyApi | undefined {
  // A WASM cast: the global is described by WebAssemblyApi above.
  return (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
}

/** Compiles the best build that this process can run; null where there is none, or its file cannot be had. */
export function compileCounter(
  builds: readonly CounterBuild[] = ['simd', 'plain'],
): CompiledCounter | null {
  const api = findWebAssembly();
  if (api === undefined || typeof SharedArrayBuffer === 'undefined') return null;
  for (const build of builds) {
    const bytes = readCounterFile(`counter-${build}.wasm`);
    const compiled = bytes === null ? null : compileIfValid(api, bytes);
    if (compiled !== null) return compiled;
  }
  return null;
}

/** Without a `validate` before it, which would look at all of the module once more: 2 ms of the first count. */
function compileIfValid(api: WebAssemblyApi, bytes: Uint8Array): CompiledCounter | null {
  try {
    return new api.Module(bytes);
  } catch {
    return null; // This processor or engine has not what the build needs: the caller takes the next one.
  }
}

/**
 * Makes a memory for threads to share; only what is used of it becomes resident.
 *
 * @throws {PagefoldError} `SESSION_MANAGER_ERROR` when there is no WebAssembly.
 */
export function createCounterMemory(initial: number, maximum: number): CounterMemory {
  return new (requireWebAssembly().Memory)({ initial, maximum, shared: true });
}

/**
 * Makes an instance over a memory that others may share. The memory is its only import.
 *
 * @throws {PagefoldError} `SESSION_MANAGER_ERROR` when there is no WebAssembly or the layouts differ.
 */
export function instantiateCounter(
  compiled: CompiledCounter,
  memory: CounterMemory,
): CounterModule {
  const instance = new (requireWebAssembly().Instance)(compiled, { env: { memory } });
  // A WASM cast: the exports are those of assembly/tokenizer/index.ts, compiled from the same layout.
  const module = instance.exports as CounterModule;
  const version = module.layoutVersion();
  if (version === COUNTER_LAYOUT_VERSION) return module;
  throw new PagefoldError(
    'SESSION_MANAGER_ERROR',
    `The token counter has layout ${version}, expected ${COUNTER_LAYOUT_VERSION}.`,
  );
}

function requireWebAssembly(): WebAssemblyApi {
  const api = findWebAssembly();
  if (api !== undefined) return api;
  throw new PagefoldError('SESSION_MANAGER_ERROR', 'This process has no WebAssembly.');
}
