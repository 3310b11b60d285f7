import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output } from './lib/run.ts';

const KERNEL = 'build/kernel.wasm';

/** Compiles the kernel once more and compares it with the built one, so that anyone can verify what is published. */
function checkReproducible(): void {
  const folder = mkdtempSync(join(tmpdir(), 'pagefold-kernel-'));
  try {
    const again = join(folder, 'kernel.wasm');
    output('npm', ['run', '--silent', 'build:wasm', '--', '--outFile', again]);
    const [built, rebuilt] = [readFileSync(KERNEL), readFileSync(again)];
    if (!built.equals(rebuilt)) throw new Error(`Two builds of ${KERNEL} differ.`);
    console.log(`${KERNEL}: ${built.byteLength} bytes, reproducible`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

checkReproducible();
