import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compiled } from '../../lib/processes/compiled.ts';

/** How a process ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Starts a TypeScript file of this repository in a process of its own. */
export function start(file: string, args: readonly string[] = []): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [compiled(file), ...args], { cwd: ROOT });
}

/** What a process printed until it ended. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return {
    exitCode,
    stdout: Buffer.concat(out).toString(),
    stderr: Buffer.concat(errors).toString(),
  };
}

/** Runs the command line tool to its end. */
export async function pagefold(args: readonly string[], input = ''): Promise<Ended> {
  const child = start('src/cli/main.ts', args);
  const result = ended(child);
  child.stdin.end(input);
  return result;
}
