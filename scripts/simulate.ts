import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { failureText, findFailure } from '../test/sim/failure.ts';
import { memorySeed } from '../test/sim/memory-profile.ts';

/** Seeds a process plays before it reports again. */
const CHUNK = 200;
/** Simulations make much garbage that lives for a moment; more room for it spares a tenth of the time. */
const NURSERY = '--max-semi-space-size=64';
/** Asks for seeds under which memories take part, which are a few among all. */
const MEMORIES = 'memories';
/** Failures printed; the rest is counted. */
const MAX_PRINTED = 5;

interface Report {
  readonly played: number;
  readonly failures: readonly string[];
}

interface Part {
  readonly from: number;
  readonly to: number;
  /** Counts only those seeds under which memories take part. */
  readonly isOfMemories: boolean;
}

/** Plays the seeds of one part and reports to the parent as it goes. */
async function playPart({ from, to, isOfMemories }: Part): Promise<void> {
  // Most errors of a simulation are expected answers; nobody reads their stack.
  Error.stackTraceLimit = 0;
  for (let start = from; start < to; start += CHUNK) {
    const end = Math.min(start + CHUNK, to);
    const failures: string[] = [];
    for (let number = start; number < end; number += 1) {
      const seed = isOfMemories ? memorySeed(number) : number;
      // In order: each simulation has the event loop to itself.
      const failure = await findFailure({ seed });
      if (failure !== null) failures.push(failureText(failure));
    }
    const report: Report = { played: end - start, failures };
    process.send?.(report);
  }
  process.disconnect();
}

/** Spreads the seeds over all cores and prints how it goes; true when no seed fails. */
async function playAll(whole: Part): Promise<boolean> {
  const { from, to } = whole;
  const startedMs = performance.now();
  const failures: string[] = [];
  let played = 0;
  const onReport = (report: Report): void => {
    played += report.played;
    for (const text of report.failures) {
      if (failures.push(text) <= MAX_PRINTED) process.stdout.write(`\n${text}\n`);
    }
    const perSecond = Math.round((played * 1000) / (performance.now() - startedMs));
    if (!process.stderr.isTTY) return;
    process.stderr.write(
      `\r${played} of ${to - from} seeds, ${failures.length} failed, ${perSecond}/s `,
    );
  };
  const parts = split(whole, availableParallelism());
  const codes = await Promise.all(parts.map((part) => playElsewhere(part, onReport)));
  if (process.stderr.isTTY) process.stderr.write('\n');
  process.stdout.write(`${played} seeds, ${failures.length} failed\n`);
  return failures.length === 0 && codes.every((code) => code === 0);
}

function playElsewhere(part: Part, onReport: (report: Report) => void): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const { from, to, isOfMemories } = part;
    const args = ['--part', `${from}`, `${to}`, ...(isOfMemories ? [MEMORIES] : [])];
    const execArgv = [...process.execArgv, NURSERY];
    const child = fork(fileURLToPath(import.meta.url), args, { execArgv });
    child.on('message', (message) => onReport(message as Report)); // sent by playPart
    child.on('error', reject);
    child.on('exit', (code) => resolve(code));
  });
}

function split({ from, to, isOfMemories }: Part, count: number): readonly Part[] {
  const size = Math.ceil((to - from) / count);
  return Array.from({ length: count }, (_, index) => ({
    from: from + index * size,
    to: Math.min(to, from + (index + 1) * size),
    isOfMemories,
  })).filter((part) => part.from < part.to);
}

function numberAt(index: number, fallback: number): number {
  const value = Number(process.argv[index] ?? fallback);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`Usage: simulate SEEDS [FROM] [${MEMORIES}]`);
}

const isOfMemories = process.argv.at(-1) === MEMORIES;
if (process.argv[2] === '--part') {
  await playPart({ from: numberAt(3, 0), to: numberAt(4, 0), isOfMemories });
} else {
  const from = numberAt(3, 1);
  const whole = { from, to: from + numberAt(2, 2000), isOfMemories };
  process.exitCode = (await playAll(whole)) ? 0 : 1;
}
