import { build } from 'esbuild';

/** Where workers are bundled to; as deep as `dist/src/...` in the package, so that files beside it are found in the same way. */
const FOLDER = 'build/worker';

/**
 * Bundles modules that threads run, since threads of Node 20 read no TypeScript: the one of the library, and others by name.
 * Takes some tenths of a second, so that whoever runs workers from the sources makes the bundle anew.
 */
export async function bundleWorkers(others: Readonly<Record<string, string>> = {}): Promise<void> {
  await build({
    entryPoints: { 'shard-worker': 'workers/shard-worker.ts', ...others },
    outdir: FOLDER,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
}
