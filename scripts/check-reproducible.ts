import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output } from './lib/run.ts';

const TARGETS = ['simd', 'plain'];

/** Compiles the kernels once more and compares them with the built ones, so that anyone can verify what is published. */
function checkReproducible(): void {
  const folder = mkdtempSync(join(tmpdir(), 'pagefold-kernel-'));
  try {
    for (const target of TARGETS) compare(target, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compare(target: string, folder: string): void {
  const name = `kernel-${target}.wasm`;
  const again = join(folder, name);
  output('npx', ['asc', 'assembly/index.ts', '--target', target, '--outFile', again]);
  const [built, rebuilt] = [readFileSync(join('build', name)), readFileSync(again)];
  if (!built.equals(rebuilt)) throw new Error(`Two builds of ${name} differ.`);
  console.log(`${name}: ${built.byteLength} bytes, reproducible`);
}

checkReproducible();
