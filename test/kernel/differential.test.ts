import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TEXT_SLAB_BYTES } from '../../assembly/shared/layout.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { createWasmKernel } from '../../src/kernel/wasm-kernel.ts';
import { countTextClasses } from '../../src/kernel/text-classes.ts';

const jsKernel = createJsKernel();

/** Texts that stay within one alphabet for a while, as real ones do, with odd UTF-16 units in between. */
const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ unit: 'binary-ascii', maxLength: 80 }),
      fc.stringMatching(/^[A-Za-z0-9_ =>\n]{0,60}$/),
      fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('the WASM kernel', () => {
  test('agrees with JavaScript on any text', () => {
    const wasmKernel = createWasmKernel();
    fc.assert(
      fc.property(anyText, (text) => {
        expect(wasmKernel.countTextClasses(text)).toEqual(jsKernel.countTextClasses(text));
      }),
      { numRuns: 2000 },
    );
    expect(wasmKernel.callCount()).toBeGreaterThan(1000);
  });

  test('agrees with JavaScript on every code unit between letters', () => {
    const wasmKernel = createWasmKernel();
    const different: number[] = [];
    for (let unit = 0; unit <= 0xffff; unit += 1) {
      const text = `a${String.fromCharCode(unit)}B1`;
      const [wasm, js] = [wasmKernel.countTextClasses(text), jsKernel.countTextClasses(text)];
      if (JSON.stringify(wasm) !== JSON.stringify(js)) different.push(unit);
    }
    expect(different).toEqual([]);
    expect(wasmKernel.callCount()).toBe(0x10000);
  });

  test('agrees with JavaScript on texts longer than a slab', () => {
    const wasmKernel = createWasmKernel();
    fc.assert(
      fc.property(anyText, fc.integer({ min: -40, max: 40 }), (text, shift) => {
        // Filler of odd length puts the end of the slab at any place inside the text, halves of pairs included.
        const long = `${'x'.repeat(TEXT_SLAB_BYTES + shift)}${text}${'é1 '.repeat(12_000)}${text}`;
        const calls = wasmKernel.callCount();
        expect(wasmKernel.countTextClasses(long)).toEqual(jsKernel.countTextClasses(long));
        expect(wasmKernel.callCount() - calls).toBeGreaterThan(1);
      }),
      { numRuns: 150 },
    );
  });

  test('carries a run over the end of a slab', () => {
    const wasmKernel = createWasmKernel();
    const word = 'a'.repeat(3 * TEXT_SLAB_BYTES);
    expect(wasmKernel.countTextClasses(word)).toMatchObject({ words: 1, letters: word.length });
    expect(wasmKernel.callCount()).toBe(3);
  });
});

describe('countTextClasses', () => {
  test('divides the code points of any text among the classes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { codePoints, utf8Bytes } = countTextClasses(text);
        expect(codePoints).toBe([...text].length);
        expect(utf8Bytes).toBe(Buffer.byteLength(text));
      }),
    );
  });

  test('starts as many runs as the parts do when a newline divides them', () => {
    fc.assert(
      fc.property(anyText, anyText, (left, right) => {
        const whole = countTextClasses(`${left}\n${right}`);
        const [first, second] = [countTextClasses(left), countTextClasses(right)];
        expect(whole.words).toBe(first.words + second.words);
        expect(whole.numbers).toBe(first.numbers + second.numbers);
        expect(whole.spaceRuns).toBe(first.spaceRuns + second.spaceRuns);
        expect(whole.punctuationRuns).toBe(first.punctuationRuns + second.punctuationRuns);
      }),
    );
  });
});
