import { spawn } from 'node:child_process';

/** How a program ended that ran without this terminal. */
export interface QuietRun {
  readonly isGood: boolean;
  /** All it printed, to both streams, in the order in which it came. */
  readonly printed: string;
  readonly seconds: number;
}

/** Runs a program beside others and resolves with what it printed once it has ended; rejects when it cannot be started. */
export function runQuietly(program: string, args: readonly string[]): Promise<QuietRun> {
  const startMs = Date.now();
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      const printed = Buffer.concat(chunks).toString('utf8');
      resolve({ isGood: code === 0, printed, seconds: (Date.now() - startMs) / 1000 });
    });
  });
}
