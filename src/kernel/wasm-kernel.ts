import { STATUS_OK, TALLY_COLUMNS, TEXT_SLAB_BYTES } from '../../assembly/shared/layout.ts';
import { PagefoldError } from '../domain/errors.ts';
import { buildClassTable } from './class-table.ts';
import { createJsKernel } from './js-kernel.ts';
import type { Kernel } from './kernel.ts';
import { KernelInstance } from './kernel-instance.ts';
import { hasWebAssembly, instantiateKernel } from './kernel-module.ts';
import type { KernelModule } from './kernel-module.ts';
import { toTextClasses } from './text-classes.ts';
import type { TextClasses } from './text-classes.ts';
import { rankInWasm } from './wasm-ranking.ts';
import { openWorkingSet } from './working-set/checked-working-set.ts';
import { createWasmPageSets } from './working-set/wasm-page-set.ts';

// Apart from the kernel in JavaScript, so that whoever needs only that one does not load the embedded module.

/** A kernel that can prove that its module ran. */
export interface WasmKernel extends Kernel {
  readonly kind: 'wasm';
  /** How many slabs of text the module has counted. */
  callCount(): number;
  /** How many groups of four pages the module has scored at once. */
  groupCount(): number;
  /** How many rankings the module has finished. */
  rankingCount(): number;
}

const encoder = /* @__PURE__ */ new TextEncoder();

/**
 * Creates the kernel over the embedded WebAssembly module, or over one that the caller has made. Texts of every length
 * go to the module: even at one character it costs no more than JavaScript (0.11 against 0.13 µs at best), at 1024 it is
 * 9 times faster on English and as fast on Chinese (Node 20.20, 2 vCPU Xeon, 2026-11-25, `npm run bench -- kernel`).
 *
 * @throws {PagefoldError} `SESSION_MANAGER_ERROR` when there is no WebAssembly or the build is inconsistent.
 */
export function createWasmKernel(module: KernelModule = instantiateKernel()): WasmKernel {
  const table = buildClassTable();
  new Uint8Array(module.memory.buffer, module.classTableAddress(), table.length).set(table);
  const instance = new KernelInstance(module);
  const views = createViews(instance);
  const source = createWasmPageSets(instance);
  return {
    kind: 'wasm',
    callCount: () => instance.exports.callCount(),
    groupCount: () => instance.exports.groupCount(),
    rankingCount: () => instance.exports.rankingCount(),
    rankPages: (query) => rankInWasm(query, instance),
    countTextClasses: (text) => countInSlabs(text, instance, views()),
    openWorkingSet: (options) => openWorkingSet(source, options),
  };
}

/** Returns the WebAssembly kernel, or its JavaScript twin where WebAssembly is switched off. */
export function loadKernel(): Kernel {
  return hasWebAssembly() ? createWasmKernel() : createJsKernel();
}

interface Views {
  readonly buffer: ArrayBuffer;
  readonly slab: Uint8Array;
  readonly tally: Uint32Array;
}

/** Views over linear memory, made anew after the memory has grown and left the old ones without a buffer. */
function createViews(instance: KernelInstance): () => Views {
  const make = (): Views => {
    const { memory, textSlabAddress, tallyAddress } = instance.exports;
    return {
      buffer: memory.buffer,
      slab: new Uint8Array(memory.buffer, textSlabAddress(), TEXT_SLAB_BYTES),
      tally: new Uint32Array(memory.buffer, tallyAddress(), TALLY_COLUMNS),
    };
  };
  let views = make();
  return () => {
    if (views.buffer !== instance.exports.memory.buffer) views = make();
    return views;
  };
}

/** `encodeInto` stops before a code point that does not fit, so no slab ever holds half a pair. */
function countInSlabs(text: string, instance: KernelInstance, { slab, tally }: Views): TextClasses {
  instance.exports.resetTally();
  let utf8Bytes = 0;
  for (let rest = text; rest.length > 0;) {
    const { read, written } = encoder.encodeInto(rest, slab);
    const status = countSlab(instance, written);
    if (status !== STATUS_OK) {
      throw new PagefoldError('SESSION_MANAGER_ERROR', `The kernel refused a slab: ${status}.`);
    }
    utf8Bytes += written;
    rest = rest.slice(read);
  }
  return toTextClasses(tally, utf8Bytes);
}

function countSlab(instance: KernelInstance, byteLength: number): number {
  try {
    return instance.exports.countTextClasses(byteLength);
  } catch (error) {
    throw instance.poison(error);
  }
}
