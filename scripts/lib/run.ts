import { spawnSync } from 'node:child_process';
import type { SpawnSyncReturns } from 'node:child_process';

/** Runs a program with its output on this terminal and returns whether it ended with 0. */
export function succeeds(program: string, args: readonly string[], folder: string = '.'): boolean {
  return spawnSync(program, args, { cwd: folder, stdio: 'inherit' }).status === 0;
}

/** Runs a program quietly and returns what it printed. Throws with that text when the program fails. */
export function output(program: string, args: readonly string[], folder: string = '.'): string {
  const result: SpawnSyncReturns<string> = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
  });
  if (result.status === 0) return result.stdout;
  throw new Error(`${program} ${args.join(' ')} failed:\n${result.stdout}${result.stderr}`);
}

/** Runs a program with its output on this terminal and throws when it fails. */
export function mustSucceed(program: string, args: readonly string[], folder: string = '.'): void {
  if (!succeeds(program, args, folder)) throw new Error(`${program} ${args.join(' ')} failed.`);
}
