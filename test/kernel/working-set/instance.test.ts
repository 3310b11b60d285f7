import { describe, expect, test } from 'vitest';
import { MAX_SETS, STATUS_OK, TURN_NEVER } from '../../../assembly/shared/layout.ts';
import type { KernelModule } from '../../../src/kernel/kernel-module.ts';
import { assertSameLayout } from '../../../src/kernel/kernel-module.ts';
import { createWasmKernel } from '../../../src/kernel/wasm-kernel.ts';
import { encodeFacts } from '../../../src/kernel/working-set/page-facts.ts';
import type { SlotIndex } from '../../../src/kernel/working-set/page-kinds.ts';
import { takeSnapshot } from '../../../src/kernel/working-set/working-set-snapshot.ts';
import type { WorkingSet } from '../../../src/kernel/working-set/working-set.ts';
import { instantiateBuild, KERNEL_NAMES, makeKernel, WASM_BUILDS } from '../../lib/kernels.ts';
import { aPage, options } from '../../lib/working-set-builders.ts';

const WASM_PAGE_BYTES = 65536;

function fill(set: WorkingSet, pages: number): readonly SlotIndex[] {
  return Array.from({ length: pages }, (_, index) => {
    const slot = set.add(aPage({ tokens: 10 + (index % 7), importance: (index % 11) / 10 }));
    return slot!;
  });
}

describe('the module', () => {
  test.each(WASM_BUILDS)('imports nothing (%s)', (build) => {
    // Instantiated without an import object: one import would make this throw.
    expect(instantiateBuild(build).layoutVersion()).toBeGreaterThan(0);
  });

  test('scores four seats at a time with SIMD and none without', () => {
    const counts = (['simd', 'plain'] as const).map((build) => {
      const kernel = createWasmKernel(instantiateBuild(build));
      const set = kernel.openWorkingSet(options({ totalTokens: 1e6 }));
      fill(set, 103);
      expect(set.selectVictims({ tokens: 200 })).toBeDefined();
      return kernel.groupCount();
    });
    expect(counts).toEqual([25, 0]);
  });

  test('is refused when it was built from another layout', () => {
    const module = instantiateBuild('simd');
    expect(() => assertSameLayout({ ...module, layoutHash: () => 1 })).toThrow('has layout');
    expect(() => assertSameLayout({ ...module, layoutVersion: () => 1 })).toThrow('has layout');
  });
});

describe('memory', () => {
  test('does not grow when sets come and go', () => {
    const module = instantiateBuild('simd');
    const kernel = createWasmKernel(module);
    const cycle = (pages: number): void => {
      const set = kernel.openWorkingSet(options({ totalTokens: 1e6 }));
      fill(set, pages);
      set.close();
    };
    for (let round = 0; round < 50; round += 1) cycle(200);
    const bytes = module.memory.buffer.byteLength;
    for (let round = 0; round < 5000; round += 1) cycle(round % 200);
    expect(module.memory.buffer.byteLength).toBe(bytes);
  });

  test('does not grow over a million openings', () => {
    const module = instantiateBuild('simd');
    expect(module.closeSet(module.openSet(100, 0))).toBe(STATUS_OK);
    const bytes = module.memory.buffer.byteLength;
    let highest = 0;
    for (let round = 0; round < 1e6; round += 1) {
      const set = module.openSet(100, 0);
      highest = Math.max(highest, set);
      module.closeSet(set);
    }
    expect(highest).toBe(0);
    expect(module.memory.buffer.byteLength).toBe(bytes);
  });

  test('refuses one set too many and takes one again after a closing', () => {
    const module = instantiateBuild('simd');
    for (let count = 0; count < MAX_SETS; count += 1) module.openSet(100, 0);
    expect(module.openSet(100, 0)).toBeLessThan(0);
    expect(module.closeSet(77)).toBe(STATUS_OK);
    expect(module.openSet(100, 0)).toBe(77);
  });

  test.each(WASM_BUILDS)('leaves no view behind when it grows (%s)', (build) => {
    const module = instantiateBuild(build);
    const kernel = createWasmKernel(module);
    const set = kernel.openWorkingSet(options({ totalTokens: 1e9 }));
    const [first] = fill(set, 20);
    const before = set.read(first!);
    const text = kernel.countTextClasses('one two');
    const bytes = module.memory.buffer.byteLength;
    const other = kernel.openWorkingSet(options({ totalTokens: 1e9 }));
    while (module.memory.buffer.byteLength === bytes) fill(other, 500);
    module.memory.grow(1);
    expect(set.read(first!)).toEqual(before);
    expect(set.selectVictims({ tokens: 10 })).toEqual([first]);
    expect(kernel.countTextClasses('one two')).toEqual(text);
    set.audit();
    other.audit();
  });

  test('says so when it is exhausted and changes nothing', () => {
    // The debug build may have eight MiB.
    const kernel = createWasmKernel(instantiateBuild('debug'));
    const set = kernel.openWorkingSet(options({ totalTokens: 1e6 }));
    fill(set, 16);
    const overloaded = expect.objectContaining({ code: 'OVERLOADED' });
    expect(() => {
      for (;;) kernel.openWorkingSet(options({}));
    }).toThrow(overloaded);
    const before = takeSnapshot(set);
    expect(() => set.add(aPage({}))).toThrow(overloaded);
    expect(takeSnapshot(set)).toEqual(before);
    set.audit();
  });
});

describe('many sets', () => {
  test.each(KERNEL_NAMES)('do not disturb each other (%s)', (name) => {
    const kernel = makeKernel(name);
    const sets = Array.from({ length: 200 }, (_, index) =>
      kernel.openWorkingSet(options({ totalTokens: 1000 + index, turn: index })),
    );
    // Interleaved, so that every set grows while its neighbours do.
    for (let round = 0; round < 40; round += 1) {
      sets.forEach((set, index) => {
        if (round > 30 && index % 3 === 0) return;
        if (round < index) set.add(aPage({ tokens: 1 + (index % 5) }));
        if (round === 30 && index % 3 === 0) set.close();
      });
    }
    sets.forEach((set, index) => {
      if (index % 3 === 0) return;
      const pages = Math.min(index, 40);
      set.audit();
      expect(set.figures()).toMatchObject({
        totalTokens: 1000 + index,
        turn: index,
        pages,
        usedTokens: pages * (1 + (index % 5)),
      });
    });
  });
});

describe('hostile numbers', () => {
  const VALUES = [
    -1,
    0,
    1,
    2,
    3,
    4,
    5,
    15,
    16,
    17,
    19,
    20,
    255,
    256,
    65535,
    65536,
    2 ** 22,
    2 ** 28,
    2 ** 30,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    -(2 ** 31),
    TURN_NEVER,
    0.5,
    1e308,
    Number.NaN,
    Infinity,
    -Infinity,
  ];
  const CALLS = [
    'openSet',
    'closeSet',
    'addPage',
    'readPage',
    'removePage',
    'readFigures',
    'admit',
    'touch',
    'renew',
    'moveTo',
    'protect',
    'mark',
    'clearPins',
    'setImportance',
    'setOverride',
    'setLevelTokens',
    'fold',
    'setPolicy',
    'setBudget',
    'setTurn',
    'selectVictims',
    'planEviction',
    'canReach',
    'scoreContext',
    'scoreHot',
    'listTier',
    'listType',
    'listByAccess',
    'audit',
    'countTextClasses',
  ] as const;

  test.each(WASM_BUILDS)('never trap and never write outside of the set (%s)', (build) => {
    const module = instantiateBuild(build);
    const kernel = createWasmKernel(module);
    // The bystander is opened first and so has number 0, which the storm leaves out.
    const bystander = kernel.openWorkingSet(options({ totalTokens: 5000 }));
    const slots = fill(bystander, 30);
    const untouched = JSON.stringify([
      bystander.figures(),
      slots.map((slot) => bystander.read(slot)),
    ]);
    const text = kernel.countTextClasses('some text, 42');
    let seed = 12_345;
    const draw = (count: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * count);
    };
    for (let round = 0; round < 60_000; round += 1) {
      scribble(module, draw, VALUES);
      const call = CALLS[draw(CALLS.length)]!;
      const args = Array.from({ length: 4 }, () => VALUES[draw(VALUES.length)]!);
      // The set is mostly one that exists, or nothing behind the first check would be reached.
      const set = call === 'openSet' ? args[0]! : draw(4) === 0 ? nonZero(args[0]!) : 1 + draw(3);
      const callee: (...numbers: readonly number[]) => number = module[call];
      expect(Number.isInteger(callee(set, args[1]!, args[2]!, args[3]!))).toBe(true);
    }
    expect(kernel.countTextClasses('some text, 42')).toEqual(text);
    expect(JSON.stringify([bystander.figures(), slots.map((slot) => bystander.read(slot))])).toBe(
      untouched,
    );
    bystander.audit();
    for (let set = 1; set < 20; set += 1) expect(module.audit(set)).toBeLessThanOrEqual(STATUS_OK);
  });

  /** WASM takes the low 32 bits, so a value that ends in zeros would hit the bystander. */
  function nonZero(value: number): number {
    return (value | 0) === 0 ? -1 : value;
  }

  function scribble(
    module: KernelModule,
    draw: (count: number) => number,
    values: readonly number[],
  ): void {
    const facts = new Float64Array(module.memory.buffer, module.factsAddress(), 17);
    encodeFacts(aPage({ tokens: draw(100), tier: draw(2) === 0 ? 'L0' : 'L1' }), facts);
    if (draw(3) === 0) facts[draw(17)] = values[draw(values.length)]!;
    const policy = new Float64Array(module.memory.buffer, module.policyAddress(), 23);
    policy[draw(23)] = draw(2) === 0 ? 1 : values[draw(values.length)]!;
  }
});

describe('a kernel that trapped', () => {
  function trap(module: KernelModule, set: number): void {
    // Points the set beyond the end of memory: the table of sets holds the address, which is the only such word.
    const words = new Uint32Array(module.memory.buffer);
    const probe = instantiateProbe(words, set);
    words[probe] = 0xfffffff0;
  }

  /** Finds the entry of a set in the table by opening two more, whose entries follow. */
  function instantiateProbe(words: Uint32Array, set: number): number {
    const stride = words.findIndex((word, index) => {
      const [second, third] = [words[index + 1]!, words[index + 2]!];
      return (
        word > WASM_PAGE_BYTES &&
        second - word === third - second &&
        second - word > 500 &&
        second - word < 8192
      );
    });
    return stride + set;
  }

  test('answers every later call with the same error, and a new one takes over', () => {
    const module = instantiateBuild('simd');
    const kernel = createWasmKernel(module);
    const sets = [0, 1, 2].map(() => kernel.openWorkingSet(options({ totalTokens: 1000 })));
    const [broken, sound] = [sets[0]!, sets[1]!];
    const slot = fill(broken, 3)[0]!;
    trap(module, 0);
    expect(() => broken.touch(slot, 1)).toThrow(
      expect.objectContaining({ code: 'KERNEL_POISONED' }),
    );
    for (const call of [
      () => broken.touch(slot, 1),
      () => broken.add(aPage({})),
      () => sound.figures(),
      () => sound.listTier('L0'),
      () => kernel.countTextClasses('text'),
      () => kernel.openWorkingSet(options({})),
      () => kernel.groupCount(),
    ]) {
      expect(call).toThrow(expect.objectContaining({ code: 'KERNEL_POISONED' }));
    }
    broken.close();
    expect(() => broken.touch(slot, 1)).toThrow(expect.objectContaining({ code: 'CLOSED' }));
    const next = makeKernel('simd').openWorkingSet(options({ totalTokens: 1000 }));
    expect(fill(next, 3)).toHaveLength(3);
  });

  test('is not trusted either once an audit has found something', () => {
    const module = instantiateBuild('simd');
    const kernel = createWasmKernel(module);
    const set = kernel.openWorkingSet(options({ totalTokens: 1000 }));
    const slot = set.add(aPage({ tokens: 123 }))!;
    const words = new Int32Array(module.memory.buffer);
    // 123 stands at the level of the slot and at the seat; a change of either is a copy that differs.
    const at = words.lastIndexOf(123);
    words[at] = 124;
    expect(() => set.audit()).toThrow(expect.objectContaining({ code: 'KERNEL_POISONED' }));
    expect(() => set.read(slot)).toThrow(expect.objectContaining({ code: 'KERNEL_POISONED' }));
  });
});
