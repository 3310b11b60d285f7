import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileCounterModules, PUBLISHED_MODULES } from './lib/counter-modules.ts';
import { output } from './lib/run.ts';

const TARGETS = ['simd', 'plain'];
const COUNTER = 'build/counter';

/** Compiles the modules once more and compares them with the built ones, so that anyone can verify what is published. */
function checkReproducible(): void {
  const folder = mkdtempSync(join(tmpdir(), 'pagefold-kernel-'));
  try {
    for (const target of TARGETS) {
      const name = `kernel-${target}.wasm`;
      const again = join(folder, name);
      output('npx', ['asc', 'assembly/index.ts', '--target', target, '--outFile', again]);
      compare(join('build', name), again);
    }
    compileCounterModules(folder);
    for (const name of PUBLISHED_MODULES) compare(join(COUNTER, name), join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compare(builtFile: string, again: string): void {
  const [built, rebuilt] = [readFileSync(builtFile), readFileSync(again)];
  if (!built.equals(rebuilt)) throw new Error(`Two builds of ${builtFile} differ.`);
  console.log(`${builtFile}: ${built.byteLength} bytes, reproducible`);
}

checkReproducible();
