import { describe, expect, test } from 'vitest';

import { createJsKernel } from '../../../src/kernel/js-kernel.ts';
import { createWasmKernel } from '../../../src/kernel/wasm-kernel.ts';
import { EstimatingMeter } from '../../../src/tokens/estimating-meter.ts';
import { CLASS_WEIGHTS } from '../../../src/tokens/estimator.ts';

function meterWith(factor: number, kernel = createJsKernel()): EstimatingMeter {
  return new EstimatingMeter({ kernel, weights: CLASS_WEIGHTS.o200k_base, factor });
}

const PROSE = 'All of these words are short and plain. '.repeat(4_000);

describe('EstimatingMeter', () => {
  test('counts nothing for no text and something for any', () => {
    expect(meterWith(1).countUpTo('', Infinity)).toBe(0);
    expect(meterWith(1).countUpTo('.', Infinity)).toBe(1);
  });

  test('multiplies by the factor of the family', () => {
    const plain = meterWith(1).countUpTo(PROSE, Infinity);
    expect(meterWith(1.5).countUpTo(PROSE, Infinity) / plain).toBeCloseTo(1.5, 3);
  });

  test('stops one above the limit', () => {
    expect(meterWith(1).countUpTo(PROSE, 10)).toBe(11);
    expect(meterWith(1).countUpTo(PROSE, 0)).toBe(1);
  });

  test('adds windows up to what the whole text takes', () => {
    const sentence = meterWith(1).countUpTo(
      'All of these words are short and plain. '.repeat(400),
      Infinity,
    );
    expect(meterWith(1).countUpTo(PROSE, Infinity) / sentence).toBeCloseTo(10, 1);
  });

  test('agrees over both kernels', () => {
    const text = `${PROSE}漢字かな한글😀 ünïcode`;
    expect(meterWith(1, createWasmKernel()).countUpTo(text, Infinity)).toBe(
      meterWith(1, createJsKernel()).countUpTo(text, Infinity),
    );
  });

  test('finds the longest beginning within a number of tokens', () => {
    const meter = meterWith(1);
    for (const maxTokens of [0, 1, 100, 12_345]) {
      const cut = meter.prefixWithin(PROSE, maxTokens);
      expect(meter.countUpTo(PROSE.slice(0, cut), Infinity)).toBe(maxTokens);
      expect(meter.countUpTo(PROSE.slice(0, cut + 20), Infinity)).toBeGreaterThan(maxTokens);
    }
  });

  test('finds all of a text that fits', () => {
    expect(meterWith(1).prefixWithin('short', 100)).toBe(5);
  });
});
