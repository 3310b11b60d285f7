import { createJsKernel } from '../src/kernel/js-kernel.ts';
import { createWasmKernel } from '../src/kernel/wasm-kernel.ts';
import { measure } from './lib/measure.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

const LENGTHS = [1, 8, 32, 128, 1024, 8192, 262_144] as const;

const TEXTS: Readonly<Record<string, string>> = {
  english: 'The quick brown fox jumps over 13 lazy dogs; "why not?", asked Anna. ',
  cyrillic: 'Быстрая лиса прыгает через ленивую собаку, а потом ещё раз. ',
  chinese: '敏捷的棕色狐狸跳过了懒狗,然后又跳了一次。',
};

/** Is counting text classes faster in WASM than in JavaScript, and from which length of text on? */
export async function run(): Promise<readonly BenchRow[]> {
  const js = createJsKernel();
  const wasm = createWasmKernel();
  const rows: BenchRow[] = [];
  for (const [name, pattern] of Object.entries(TEXTS)) {
    for (const length of LENGTHS) {
      const text = flatText(pattern, length);
      const costs = await measure(
        { js: () => js.countTextClasses(text), wasm: () => wasm.countTextClasses(text) },
        { rounds: 5, turnMs: 40 },
      );
      rows.push(
        compareRow(
          {
            metric: `${name}, ${length} UTF-16 units`,
            unit: 'ns',
            ours: costs.wasm.nanoseconds,
            peer: 'JavaScript twin',
            theirs: costs.js.nanoseconds,
          },
          'lower',
        ),
      );
    }
  }
  return rows;
}

/** A text in one piece, as one that came from the network; a rope would measure its flattening. */
function flatText(pattern: string, length: number): string {
  const text = pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length);
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
