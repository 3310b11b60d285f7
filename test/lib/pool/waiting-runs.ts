import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { compiled } from '../processes/compiled.ts';

/** What a process told until it ended by itself, and its exit code; null when it had to be ended. */
export interface WaitingRun {
  readonly lines: readonly string[];
  readonly exitCode: number | null;
}

const SCRIPT = compiled('test/lib/pool/waiting-process.ts');
const TIMEOUT_MS = 45_000;

/** Runs a scenario of `waiting-process.ts` in a process of its own. */
export async function runWaiting(
  scenario: 'ended' | 'resting' | 'threadless',
  env: Readonly<Record<string, string>> = {},
): Promise<WaitingRun> {
  const child = spawn(process.execPath, [SCRIPT, scenario], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: TIMEOUT_MS,
  });
  const ended = once(child, 'close');
  const output = await text(child.stdout);
  await ended;
  return { lines: output.trim().split('\n'), exitCode: child.exitCode };
}
