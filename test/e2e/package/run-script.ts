import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { onTestFinished } from 'vitest';
import { compiled } from '../../lib/processes/compiled.ts';

/** Sessions live in threads there as well where this project's do. */
const WORKERS: Readonly<Record<string, string>> =
  process.env['PAGEFOLD_WORKERS'] === undefined
    ? {}
    : { PAGEFOLD_WORKERS: process.env['PAGEFOLD_WORKERS'] };
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** The names under which the package is imported, and what was made of its sources. */
const ENTRIES: Readonly<Record<string, string>> = {
  pagefold: pathToFileURL(compiled('src/index.ts')).href,
  'pagefold/testing': pathToFileURL(compiled('src/testing/index.ts')).href,
};

/** How a script ended. */
export interface ScriptResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs TypeScript in a process of its own, with `pagefold` standing for the sources. */
export async function runScript(
  source: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ScriptResult> {
  // Beside the sources, so that packages are found; never in them, so that nobody else finds it.
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'build', 'script-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'script.js');
  const { code } = await transform(withSources(source), { loader: 'ts', target: 'node20' });
  writeFileSync(file, code);
  const child = spawn(process.execPath, [file], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', ...WORKERS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A script that hangs must not outlive the tests.
    timeout: 60_000,
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { exitCode, ...output };
}

function withSources(source: string): string {
  return source.replaceAll(/'(pagefold(?:\/testing)?)'/g, (quoted, name: string) => {
    const entry = ENTRIES[name];
    return entry === undefined ? String(quoted) : `'${entry}'`;
  });
}
