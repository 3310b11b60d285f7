import * as layout from '../../assembly/shared/layout.ts';
import { PagefoldError } from '../domain/errors.ts';
import { KERNEL_PLAIN_BASE64, KERNEL_SIMD_BASE64 } from './kernel-bytes.generated.ts';
import { hashLayout } from './layout-hash.ts';

/** A set and three more, in the order of the parameters of the export. */
type FourNumbers = readonly [set: number, second: number, third: number, fourth: number];

/** What the compiled kernel exports. Addresses and lengths are in bytes; a negative result is a status of the layout. */
export interface KernelModule {
  readonly memory: {
    readonly buffer: ArrayBuffer;
    /** Adds WASM pages of 64 KiB; every view made before is dead afterwards. */
    readonly grow: (wasmPages: number) => number;
  };
  readonly layoutVersion: () => number;
  readonly layoutHash: () => number;
  readonly callCount: () => number;
  readonly classTableAddress: () => number;
  readonly tallyAddress: () => number;
  readonly textSlabAddress: () => number;
  readonly resetTally: () => void;
  readonly countTextClasses: (byteLength: number) => number;
  readonly rankingCount: () => number;
  readonly beginRanking: (pages: number, base: number, slope: number) => number;
  readonly addPostings: (count: number, weight: number) => number;
  readonly finishRanking: (limit: number) => number;
  readonly factsAddress: () => number;
  readonly figuresAddress: () => number;
  readonly policyAddress: () => number;
  readonly resultsAddress: () => number;
  readonly frequenciesAddress: () => number;
  /** Groups of four seats scored at once so far; none in the plain build. */
  readonly groupCount: () => number;
  readonly openSet: (totalTokens: number, reservedTokens: number) => number;
  readonly closeSet: (set: number) => number;
  readonly addPage: (set: number) => number;
  readonly readPage: (set: number, slot: number) => number;
  readonly removePage: (set: number, slot: number) => number;
  readonly readFigures: (set: number) => number;
  readonly admit: (set: number, slot: number, nowMs: number) => number;
  readonly touch: (set: number, slot: number, nowMs: number) => number;
  readonly renew: (set: number, slot: number) => number;
  readonly moveTo: (...call: FourNumbers) => number;
  readonly protect: (set: number, slot: number) => number;
  readonly mark: (...call: FourNumbers) => number;
  readonly clearPins: (set: number, flags: number) => number;
  readonly setImportance: (set: number, slot: number, value: number) => number;
  readonly setOverride: (set: number, slot: number, value: number) => number;
  readonly setLevelTokens: (...call: FourNumbers) => number;
  readonly fold: (set: number, slot: number, level: number) => number;
  readonly setPolicy: (set: number) => number;
  readonly setBudget: (set: number, totalTokens: number, reservedTokens: number) => number;
  readonly setTurn: (set: number, turn: number) => number;
  readonly selectVictims: (set: number, needTokens: number, mode: number) => number;
  readonly planEviction: (...call: FourNumbers) => number;
  readonly canReach: (set: number, needTokens: number, mode: number) => number;
  readonly scoreContext: (set: number, mode: number) => number;
  readonly scoreHot: (set: number, limit: number, nowMs: number) => number;
  readonly listTier: (set: number, tier: number) => number;
  readonly listType: (set: number, type: number) => number;
  readonly listByAccess: (...call: FourNumbers) => number;
  readonly audit: (set: number) => number;
}

/** The two builds of the kernel. */
export type KernelBuild = 'simd' | 'plain';

// The library does not ask its users for the DOM types, so it names what it needs itself.
interface WebAssemblyApi {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

function findWebAssembly(): WebAssemblyApi | undefined {
  // A WASM cast: the global is described by WebAssemblyApi above.
  return (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
}

/** Whether this process can run WebAssembly; it cannot under `node --jitless`. */
export function hasWebAssembly(): boolean {
  return findWebAssembly() !== undefined;
}

/** An embedded build of the kernel, as the bytes of a WebAssembly module; without a name the one for this process. */
export function kernelBytes(build?: KernelBuild): Uint8Array {
  const simd = Buffer.from(KERNEL_SIMD_BASE64, 'base64');
  const usesSimd = build === undefined ? findWebAssembly()?.validate(simd) : build === 'simd';
  return usesSimd === true ? simd : Buffer.from(KERNEL_PLAIN_BASE64, 'base64');
}

/**
 * Compiles a kernel, by default the embedded one with SIMD where this process has it, synchronously because it is small,
 * and gives it a memory of its own.
 *
 * @throws {PagefoldError} `SESSION_MANAGER_ERROR` when there is no WebAssembly or the build is inconsistent.
 */
export function instantiateKernel(bytes: Uint8Array = kernelBytes()): KernelModule {
  const api = findWebAssembly();
  if (api === undefined) {
    throw new PagefoldError('SESSION_MANAGER_ERROR', 'This process has no WebAssembly.');
  }
  const instance = new api.Instance(new api.Module(bytes));
  // A WASM cast: the exports are those of assembly/index.ts, compiled from the same layout.
  return assertSameLayout(instance.exports as KernelModule);
}

/**
 * Returns a kernel that was built from the layout this library was built from.
 *
 * @throws {PagefoldError} `SESSION_MANAGER_ERROR` for any other one.
 */
export function assertSameLayout(kernel: KernelModule): KernelModule {
  const [version, hash] = [kernel.layoutVersion(), kernel.layoutHash() >>> 0];
  const expected = hashLayout(layout);
  if (version === layout.LAYOUT_VERSION && hash === expected) return kernel;
  throw new PagefoldError(
    'SESSION_MANAGER_ERROR',
    `The embedded kernel has layout ${version} (${hash}), expected ${layout.LAYOUT_VERSION} (${expected}).`,
  );
}
