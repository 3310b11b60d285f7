import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  CONTROL_LARGE_LOCK,
  COUNTER_LAYOUT_VERSION,
  MAX_REGIONS,
  REGION_BYTES,
  REGIONS_AT,
  WINDOW,
} from '../../../assembly/shared/tokenizer-layout.ts';
import { contentHash } from '../../../src/kernel/content-hash.ts';
import { readCounterFile } from '../../../src/kernel/counter-files.ts';
import { compileCounter, instantiateCounter } from '../../../src/kernel/counter-module.ts';
import type { CounterModule } from '../../../src/kernel/counter-module.ts';
import {
  attachCounter,
  buildCounterTables,
  controlWords,
  releaseRegions,
} from '../../../src/kernel/counter-tables.ts';
import type { CounterTables } from '../../../src/kernel/counter-tables.ts';
import { createTokenKernel } from '../../../src/kernel/token-kernel.ts';
import { WasmCounter } from '../../../src/kernel/wasm-counter.ts';
import { KernelMeter } from '../../../src/tokens/kernel-meter.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { aTwin } from '../../lib/tokens/counters.ts';

/** (module (func (export "trap") (param i32 i32 i32) (result i32) unreachable)) */
const TRAPPING = Uint8Array.from(
  [
    '00 61 73 6d 01 00 00 00', // \0asm, version 1
    '01 08 01 60 03 7f 7f 7f 01 7f', // type section
    '03 02 01 00', // function section
    '07 08 01 04 74 72 61 70 00 00', // export section
    '0a 05 01 03 00 00 0b', // code section: unreachable, end
  ].flatMap((section) => section.split(' ').map((byte) => Number.parseInt(byte, 16))),
);

interface WebAssemblyApi {
  readonly Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): readonly { readonly kind: string }[];
  };
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const { WebAssembly: api } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

function build(): CounterTables {
  return buildCounterTables({ encoding: 'cl100k_base', rules: 'openai' })!;
}

/** A counter whose module traps when it counts. */
function openTrapping(tables: CounterTables, owner: number): WasmCounter {
  const { trap } = new api.Instance(new api.Module(TRAPPING)).exports as {
    trap: CounterModule['countWindow'];
  };
  const module = { ...attachCounter(tables, owner)!, countWindow: trap };
  return new WasmCounter(module, tables.memory);
}

function openSound(tables: CounterTables, owner: number): WasmCounter {
  return new WasmCounter(attachCounter(tables, owner)!, tables.memory);
}

function attachedWindow(region: number): number {
  return REGIONS_AT + region * REGION_BYTES + WINDOW;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the modules', () => {
  test.each(['simd', 'plain'] as const)(
    'the %s build imports a memory and nothing else',
    (name) => {
      const bytes = readCounterFile(`counter-${name}.wasm`)!;
      expect(api.Module.imports(new api.Module(bytes)).map(({ kind }) => kind)).toEqual(['memory']);
      expect(bytes.length).toBeLessThan(25 * 1024);
    },
  );

  test('the plain build is taken where SIMD is not accepted', () => {
    const simdBytes = readCounterFile('counter-simd.wasm')!;
    class Module extends Uint8Array {
      constructor(bytes: Uint8Array) {
        if (contentHash(bytes) === contentHash(simdBytes)) throw new TypeError('no SIMD');
        super(bytes);
      }
    }
    vi.stubGlobal('WebAssembly', { Module });
    expect(contentHash(compileCounter() as Uint8Array)).toBe(
      contentHash(readCounterFile('counter-plain.wasm')!),
    );
  });

  test('a module of another layout is refused', () => {
    const other = { layoutVersion: () => COUNTER_LAYOUT_VERSION + 1 };
    vi.stubGlobal('WebAssembly', {
      Instance: class {
        exports = other;
      },
    });
    expect(() => instantiateCounter({}, {} as CounterTables['memory'])).toThrow('expected');
  });
});

describe('contentHash', () => {
  test('differs when any byte does, or the length', () => {
    const bytes = Uint8Array.from({ length: 11 }, (_, index) => index);
    const hashes = new Set([contentHash(bytes), contentHash(bytes.subarray(0, 10))]);
    for (let index = 0; index < bytes.length; index += 1) {
      hashes.add(contentHash(bytes.map((byte, at) => (at === index ? byte ^ 0x80 : byte))));
    }
    expect(hashes.size).toBe(13);
  });
});

describe('a kernel whose instance traps', () => {
  test('throws it away, answers with the twin, and counts on with a new instance', () => {
    const tables = build();
    const opened: string[] = [];
    const kernel = createTokenKernel({
      tables,
      owner: 1,
      open: (...params) => {
        opened.push(opened.length === 0 ? 'trapping' : 'sound');
        return opened.length === 1 ? openTrapping(...params) : openSound(...params);
      },
    });
    const twin = aTwin('cl100k_base');
    const asked: string[] = [];
    const meter = new KernelMeter(kernel, () => {
      asked.push('twin');
      return twin;
    });
    expect(meter.countUpTo('お誕生日おめでとう', Infinity)).toBe(9);
    expect([asked, kernel.trapCount(), kernel.answerCount()]).toEqual([['twin'], 1, 0]);
    expect(meter.countUpTo('お誕生日おめでとう', Infinity)).toBe(9);
    expect([opened, kernel.answerCount()]).toEqual([['trapping', 'sound'], 1]);
  });

  test('gives up after three traps and leaves all to the twin, whatever is asked', () => {
    let opened = 0;
    const kernel = createTokenKernel({
      tables: build(),
      owner: 1,
      open: (...params) => {
        opened += 1;
        return openTrapping(...params);
      },
    });
    const meter = new KernelMeter(kernel, () => aTwin('cl100k_base'));
    for (let call = 0; call < 5; call += 1) {
      expect(meter.countUpTo('hello world', 1)).toBe(2);
      expect(meter.prefixWithin('hello world', 1)).toBe(5);
    }
    expect([opened, kernel.trapCount(), kernel.encode('a')]).toEqual([3, 3, null]);
  });
});

describe('regions', () => {
  test('are for one owner each, are given back, and run out', () => {
    const tables = build();
    const owners = Array.from({ length: MAX_REGIONS }, (_, index) => index + 1);
    expect(owners.every((owner) => attachCounter(tables, owner) !== null)).toBe(true);
    expect(attachCounter(tables, 99)).toBeNull();
    releaseRegions(tables.memory, 17);
    expect(attachCounter(tables, 99)).not.toBeNull();
    expect(attachCounter(tables, 99)).toBeNull();
  });

  test('while another thread has the large window, the twin counts what needs it; the window comes back with the region', () => {
    const tables = build();
    const [holder, other] = [1, 2].map((owner) => openSound(tables, owner));
    const long = '日'.repeat(20_000);
    const control = controlWords(tables.memory);
    expect(holder!.countUpTo(long, Infinity)).toBeGreaterThan(0);
    expect(control[CONTROL_LARGE_LOCK / 4]).toBe(0);
    control[CONTROL_LARGE_LOCK / 4] = attachedWindow(0); // as left behind by a thread that was killed
    expect([other!.countUpTo(long, Infinity), other!.encode(long)]).toEqual([null, null]);
    expect([other!.prefixWithin(long, 1e6), other!.countUpTo('short', Infinity)]).toEqual([
      null,
      1,
    ]);
    releaseRegions(tables.memory, 1);
    expect(other!.countUpTo(long, Infinity)).toBe(other!.encode(long)!.length);
  });

  test('while another thread has the large window, a long piece that fits a small one is counted there', () => {
    const tables = build();
    const [, other] = [1, 2].map((owner) => openSound(tables, owner));
    const text = `${'some words and '.repeat(3000)}${'日'.repeat(9000)}${' and more words'.repeat(3000)}`;
    const alone = other!.countUpTo(text, Infinity);
    controlWords(tables.memory)[CONTROL_LARGE_LOCK / 4] = attachedWindow(0);
    expect(other!.countUpTo(text, Infinity)).toBe(alone);
    expect(alone).toBe(aTwin('cl100k_base').countUpTo(text, Infinity));
    expect(other!.encode(text)).toHaveLength(alone!);
  });

  test('behind a long piece the text goes on in the window of its thread, and into the large one once more', () => {
    const tables = build();
    const counter = openSound(tables, 1);
    const run = '日'.repeat(3000);
    const words = 'some words of a text, '.repeat(200_000);
    const text = `${run} ${words}${run} ${words}`;
    const lock = controlWords(tables.memory).subarray(CONTROL_LARGE_LOCK / 4);
    const tokens = counter.countUpTo(text, Infinity);
    expect(tokens).toBe(aTwin('cl100k_base').countUpTo(text, Infinity));
    expect([counter.encode(text)!.length, lock[0]]).toEqual([tokens, 0]);
    expect(counter.prefixWithin(text, tokens! - 1)).toBeLessThan(text.length);
  });

  test('without one the twin counts', () => {
    const tables = build();
    for (let owner = 1; owner <= MAX_REGIONS; owner += 1) attachCounter(tables, owner);
    const kernel = createTokenKernel({ tables, owner: 99 });
    const meter = new KernelMeter(kernel, () => aTwin('cl100k_base'));
    expect(meter.countUpTo('hello world', Infinity)).toBe(2);
    expect([kernel.answerCount(), kernel.trapCount()]).toEqual([0, 0]);
  });
});

describe('createTokenCounter', () => {
  test('counts the same with the twin where there is no WebAssembly', () => {
    vi.stubGlobal('WebAssembly', undefined);
    const counter = createTokenCounter({ rules: 'js-tiktoken' });
    const count = counter.count('お誕生日おめでとう', 'gpt-4');
    expect(count).toEqual({ tokens: 9, isExact: true, encoding: 'cl100k_base' });
  });

  test('counts by the rules it is told', () => {
    // A byte order mark is white space to js-tiktoken and not to OpenAI.
    const text = "\ufeff't";
    const counts = (['openai', 'js-tiktoken'] as const).flatMap((rules) =>
      (['wasm', 'js'] as const).map((engine) =>
        createTokenCounter({ rules, engine }).countText(text, 'gpt-4o'),
      ),
    );
    expect(counts).toEqual([3, 3, 2, 2]);
  });
});
