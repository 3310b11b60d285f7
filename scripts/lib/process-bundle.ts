import { readFile, rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Where processes of tests find what they run. */
const FOLDER = 'build/processes';

/** Lets a bundled module look for files from where its source is. */
const SOURCE_URLS: Plugin = {
  name: 'source-urls',
  setup(builder) {
    builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: 'ts',
    }));
  },
};

/**
 * Makes JavaScript of files that tests run in processes of their own, each at its own path under `build/processes`. A process
 * that reads the sources themselves takes two seconds of a core to begin, most of it for the many files; this takes one of them
 * once.
 */
export async function bundleProcesses(files: readonly string[]): Promise<void> {
  // Parts of earlier bundles have names of their own.
  await rm(FOLDER, { recursive: true, force: true });
  await build({
    entryPoints: [...files],
    outdir: FOLDER,
    outbase: '.',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    plugins: [SOURCE_URLS],
    logLevel: 'error',
  });
}
