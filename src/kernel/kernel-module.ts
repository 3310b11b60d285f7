import { LAYOUT_VERSION } from '../../assembly/shared/layout.ts';
import { PagefoldError } from '../domain/errors.ts';
import { KERNEL_BASE64 } from './kernel-bytes.generated.ts';

/** What the compiled kernel exports. Addresses and lengths are in bytes. */
export interface KernelModule {
  readonly memory: {
    readonly buffer: ArrayBuffer;
    /** Adds WASM pages of 64 KiB; every view made before is dead afterwards. */
    readonly grow: (wasmPages: number) => number;
  };
  readonly layoutVersion: () => number;
  readonly callCount: () => number;
  readonly classTableAddress: () => number;
  readonly tallyAddress: () => number;
  readonly textSlabAddress: () => number;
  readonly resetTally: () => void;
  readonly countTextClasses: (byteLength: number) => number;
}

// The library does not ask its users for the DOM types, so it names the two constructors it needs itself.
interface WebAssemblyApi {
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

/** The embedded kernel, as the bytes of a WebAssembly module. */
export function kernelBytes(): Uint8Array {
  return Buffer.from(KERNEL_BASE64, 'base64');
}

/**
 * Compiles the embedded kernel, synchronously because it is small, and gives it a memory of its own.
 *
 * @throws {PagefoldError} `SESSION_MANAGER_ERROR` when there is no WebAssembly or the build is inconsistent.
 */
export function instantiateKernel(): KernelModule {
  const api = findWebAssembly();
  if (api === undefined) {
    throw new PagefoldError('SESSION_MANAGER_ERROR', 'This process has no WebAssembly.');
  }
  const instance = new api.Instance(new api.Module(kernelBytes()));
  // A WASM cast: the exports are those of assembly/index.ts, compiled from the same layout.
  const kernel = instance.exports as KernelModule;
  if (kernel.layoutVersion() !== LAYOUT_VERSION) {
    throw new PagefoldError(
      'SESSION_MANAGER_ERROR',
      `The embedded kernel has layout ${kernel.layoutVersion()}, expected ${LAYOUT_VERSION}.`,
    );
  }
  return kernel;
}
