import { readFileSync } from 'node:fs';
import { instantiateKernel, kernelBytes } from '../../src/kernel/kernel-module.ts';
import type { KernelModule } from '../../src/kernel/kernel-module.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { createWasmKernel } from '../../src/kernel/wasm-kernel.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';

/** The WASM builds: with SIMD, without, and with the checks of the compiler. */
export const WASM_BUILDS = ['simd', 'plain', 'debug'] as const;
export type WasmBuild = (typeof WASM_BUILDS)[number];

/** All kernels that have to agree. */
export type KernelName = WasmBuild | 'js';
export const KERNEL_NAMES: readonly KernelName[] = [...WASM_BUILDS, 'js'];

/** A new instance of a build. */
export function instantiateBuild(build: WasmBuild): KernelModule {
  return instantiateKernel(
    build === 'debug' ? readFileSync('build/kernel-debug.wasm') : kernelBytes(build),
  );
}

/** A new kernel. */
export function makeKernel(name: KernelName): Kernel {
  return name === 'js' ? createJsKernel() : createWasmKernel(instantiateBuild(name));
}
