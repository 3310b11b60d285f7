import { instantiateKernel, kernelBytes } from '../src/kernel/kernel-module.ts';
import { createJsKernel } from '../src/kernel/js-kernel.ts';
import { createWasmKernel } from '../src/kernel/wasm-kernel.ts';
import { measure } from './lib/measure.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';
import { makeQuery } from './lib/search-index.ts';

const SIZES = [100, 1000, 10_000, 100_000] as const;
const LIMIT = 10;

/** Is ranking by BM25 faster in WASM than over typed arrays in JavaScript, the copy of the postings included? */
export async function run(): Promise<readonly BenchRow[]> {
  const js = createJsKernel();
  const simd = createWasmKernel(instantiateKernel(kernelBytes('simd')));
  const plain = createWasmKernel(instantiateKernel(kernelBytes('plain')));
  const rows: BenchRow[] = [];
  for (const size of SIZES) {
    const query = makeQuery(size, LIMIT);
    const costs = await measure(
      {
        js: () => js.rankPages(query),
        simd: () => simd.rankPages(query),
        plain: () => plain.rankPages(query),
      },
      { rounds: 7, turnMs: 60 },
    );
    const metric = `best ${LIMIT} of ${size} pages for 5 terms`;
    const ours = costs.simd.nanoseconds / 1000;
    const row = (peer: string, nanoseconds: number): BenchRow =>
      compareRow({ metric, unit: 'µs', ours, peer, theirs: nanoseconds / 1000 }, 'lower');
    rows.push(
      row('JavaScript twin', costs.js.nanoseconds),
      row('without SIMD', costs.plain.nanoseconds),
    );
  }
  return rows;
}
