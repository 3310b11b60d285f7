import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  CONTROL_OWNERS,
  CONTROL_STAGE,
  CONTROL_USED,
  CONTROL_VERSION,
  COUNTER_LAYOUT_VERSION,
  STAGE_EMPTY,
  STATUS_BAD_ARGUMENT,
} from '../../../assembly/shared/tokenizer-layout.ts';
import {
  adoptCounterTables,
  counterTables,
  loadTokenKernel,
  releaseCounterRegions,
} from '../../../src/kernel/counter-sharing.ts';
import {
  attachCounter,
  buildCounterTables,
  controlWords,
} from '../../../src/kernel/counter-tables.ts';
import type { CounterTables } from '../../../src/kernel/counter-tables.ts';
import { createTokenKernel } from '../../../src/kernel/token-kernel.ts';

const OWNER = 7;

function build(): CounterTables {
  return buildCounterTables({ encoding: 'cl100k_base', rules: 'openai' })!;
}

/** Modules of which only these exports are asked for. */
function stubModules(exports: object): void {
  vi.stubGlobal('WebAssembly', {
    Instance: class {
      exports = exports;
    },
  });
}

function ownersIn({ memory }: CounterTables): readonly number[] {
  return [...controlWords(memory).subarray(CONTROL_OWNERS / 4, CONTROL_USED / 4)].filter(
    (owner) => owner !== 0,
  );
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('adoptCounterTables', () => {
  test.each([0, -1, 1.5, 2 ** 31, Number.NaN])('refuses %d for an owner', (owner) => {
    const refused = expect.objectContaining({ code: 'INVALID_INPUT', field: 'owner' }) as Error;
    expect(() => adoptCounterTables([], owner)).toThrow(refused);
    expect(() => releaseCounterRegions(owner)).toThrow(refused);
  });

  test('refuses tables and modules of another build and unfinished tables, and takes none then', () => {
    const [sound, old, unfinished] = [build(), build(), build()];
    controlWords(old.memory)[CONTROL_VERSION / 4] = COUNTER_LAYOUT_VERSION - 1;
    controlWords(unfinished.memory)[CONTROL_STAGE / 4] = STAGE_EMPTY;
    const adopt = (tables: CounterTables) => (): void => adoptCounterTables([sound, tables], OWNER);
    expect(adopt(old)).toThrow('tables of the token counter have layout');
    expect(adopt({ ...sound, layoutVersion: 1 })).toThrow(
      'tables of the token counter have layout',
    );
    expect(adopt(unfinished)).toThrow('not complete');
    stubModules({ layoutVersion: () => COUNTER_LAYOUT_VERSION + 1 });
    expect(adopt(sound)).toThrow('The token counter has layout');
    expect(counterTables()).toEqual([]);
  });

  test('takes over sound tables, which are counted with, until the thread counts', () => {
    const tables = build();
    adoptCounterTables([tables], OWNER);
    expect(counterTables()).toEqual([tables]);
    expect(loadTokenKernel('cl100k_base', 'openai')!.countUpTo('hello world', Infinity)).toBe(2);
    expect(ownersIn(tables)).toEqual([OWNER]);
    expect(() => adoptCounterTables([tables], OWNER)).toThrow('already');
    releaseCounterRegions(OWNER);
    expect(ownersIn(tables)).toEqual([]);
  });
});

describe('attachCounter', () => {
  test('says so when the module refuses a region, and gives the region back', () => {
    const tables = build();
    stubModules({
      layoutVersion: () => COUNTER_LAYOUT_VERSION,
      attach: () => STATUS_BAD_ARGUMENT,
    });
    expect(() => attachCounter(tables, OWNER)).toThrow(`refused region 0: ${STATUS_BAD_ARGUMENT}`);
    expect(ownersIn(tables)).toEqual([]);
  });

  test('refuses tables of another build', () => {
    const tables = build();
    controlWords(tables.memory)[CONTROL_VERSION / 4] = COUNTER_LAYOUT_VERSION + 1;
    expect(() => attachCounter(tables, OWNER)).toThrow('tables of the token counter have layout');
    // A kernel leaves the count to its twin then.
    const kernel = createTokenKernel({ tables, owner: OWNER });
    expect(kernel.countUpTo('hello world', Infinity)).toBeNull();
    expect(ownersIn(tables)).toEqual([]);
  });
});
