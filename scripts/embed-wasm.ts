import { readFileSync, writeFileSync, existsSync } from 'node:fs';

const SOURCE = 'build/kernel.wasm';
const TARGET = 'src/kernel/kernel-bytes.generated.ts';

/** Turns the compiled kernel into a module, so that it loads without a file path in every bundler. */
function embed(): void {
  const base64 = readFileSync(SOURCE).toString('base64');
  const text = [
    `// Made from ${SOURCE} by scripts/embed-wasm.ts. Do not edit.`,
    '',
    '/** The compiled kernel, in base64. */',
    `export const KERNEL_BASE64: string =\n  '${base64}';`,
    '',
  ].join('\n');
  // An unchanged file is left alone, so that watchers and parallel test runs are not disturbed.
  if (existsSync(TARGET) && readFileSync(TARGET, 'utf8') === text) return;
  writeFileSync(TARGET, text);
}

embed();
