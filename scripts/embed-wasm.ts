import { readFileSync, writeFileSync, existsSync } from 'node:fs';

const TARGET = 'src/kernel/kernel-bytes.generated.ts';

function constant(build: string): readonly string[] {
  const base64 = readFileSync(`build/kernel-${build}.wasm`).toString('base64');
  return [
    `/** The kernel, build ${build}, in base64. */`,
    `export const KERNEL_${build.toUpperCase()}_BASE64: string =\n  '${base64}';`,
    '',
  ];
}

/** Turns the compiled kernels into a module, so that they load without a file path in every bundler. */
function embed(): void {
  const text = [
    '// Made from build/kernel-simd.wasm and build/kernel-plain.wasm by scripts/embed-wasm.ts. Do not edit.',
    '',
    ...constant('simd'),
    ...constant('plain'),
  ].join('\n');
  // An unchanged file is left alone, so that watchers and parallel test runs are not disturbed.
  if (existsSync(TARGET) && readFileSync(TARGET, 'utf8') === text) return;
  writeFileSync(TARGET, text);
}

embed();
