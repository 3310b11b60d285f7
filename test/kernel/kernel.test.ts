import { afterEach, describe, expect, test, vi } from 'vitest';
import { LAYOUT_VERSION } from '../../assembly/shared/layout.ts';
import { instantiateKernel, kernelBytes } from '../../src/kernel/kernel-module.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { createWasmKernel, loadKernel } from '../../src/kernel/wasm-kernel.ts';

const MAX_KERNEL_BYTES = 24 * 1024;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the embedded module', () => {
  test('is at most 24 KiB', () => {
    expect(kernelBytes().byteLength).toBeLessThanOrEqual(MAX_KERNEL_BYTES);
  });

  test('imports nothing', () => {
    const { WebAssembly: api } = globalThis as unknown as {
      WebAssembly: {
        Module: { new (bytes: Uint8Array): object; imports(module: object): unknown[] };
      };
    };
    expect(api.Module.imports(new api.Module(kernelBytes()))).toEqual([]);
  });

  test('has the layout this library was built with', () => {
    expect(instantiateKernel().layoutVersion()).toBe(LAYOUT_VERSION);
  });

  test('refuses a length that does not fit the slab and counts nothing', () => {
    const module = instantiateKernel();
    expect(module.countTextClasses(-1)).toBeLessThan(0);
    expect(module.countTextClasses(1e6)).toBeLessThan(0);
    expect(module.callCount()).toBe(0);
  });
});

describe('createWasmKernel', () => {
  test('goes on counting after the memory has grown', () => {
    const module = instantiateKernel();
    const kernel = createWasmKernel(module);
    const before = kernel.countTextClasses('one two');
    module.memory.grow(1);
    expect(kernel.countTextClasses('one two')).toEqual(before);
    expect(kernel.callCount()).toBe(2);
  });

  test('throws when WebAssembly is switched off', () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect(() => createWasmKernel()).toThrow('no WebAssembly');
  });
});

describe('loadKernel', () => {
  test('chooses WebAssembly where there is one', () => {
    expect(loadKernel().kind).toBe('wasm');
  });

  test('chooses the build without SIMD where a process does not have it', () => {
    const { WebAssembly: api } = globalThis as unknown as {
      WebAssembly: { Module: unknown; Instance: unknown };
    };
    const { Module, Instance } = api;
    vi.stubGlobal('WebAssembly', { Module, Instance, validate: () => false });
    expect(kernelBytes()).toEqual(kernelBytes('plain'));
    expect(kernelBytes()).not.toEqual(kernelBytes('simd'));
    const kernel = loadKernel();
    expect(kernel.kind).toBe('wasm');
    expect(kernel.countTextClasses('one two, three')).toEqual(
      createJsKernel().countTextClasses('one two, three'),
    );
  });

  test('chooses JavaScript when WebAssembly is switched off', () => {
    vi.stubGlobal('WebAssembly', undefined);
    const kernel = loadKernel();
    expect(kernel.kind).toBe('js');
    expect(kernel.countTextClasses('one two')).toEqual(
      createJsKernel().countTextClasses('one two'),
    );
  });
});
