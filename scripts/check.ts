import { existsSync, rmSync } from 'node:fs';
import { runQuietly } from './lib/quiet-run.ts';
import { succeeds } from './lib/run.ts';
import { readTestCounts } from './lib/test-report.ts';

// Everything that must hold before a change is merged. The steps before the tests run side by side, as many as there are cores
// on a small machine, and each prints what it has to say when it is done; the tests use all cores themselves, so they run
// alone. All steps run even after one has failed, so that one run shows all there is to do.

const TEST_REPORT = 'build/test-report.json';
const AT_ONCE = 2;

interface Step {
  /** A script of package.json. */
  readonly name: string;
  /** Steps without which this one says nothing. */
  readonly needs: readonly string[];
}

/** In the order in which they are begun: first what others wait for. */
const STEPS: readonly Step[] = [
  { name: 'generate', needs: [] },
  { name: 'format:check', needs: [] },
  { name: 'build:js', needs: ['generate'] },
  { name: 'types', needs: ['generate'] },
  { name: 'lint', needs: ['generate'] },
  { name: 'check:reproducible', needs: ['generate'] },
  { name: 'package', needs: ['build:js'] },
  { name: 'deps', needs: ['generate'] },
  { name: 'knip', needs: ['generate'] },
];

const TEST_ARGS = [
  'vitest',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${TEST_REPORT}`,
];

/** Which steps have ended, and whether they were good. */
type Ended = Map<string, boolean>;

function printStep(name: string, text: string, seconds: number): void {
  console.log(`\n── ${name}\n${text.trim()}\n   ${seconds.toFixed(1)} s`);
}

async function runStep(step: Step, ended: Ended): Promise<void> {
  const missing = step.needs.find((name) => ended.get(name) === false);
  if (missing !== undefined) {
    printStep(step.name, `not run: ${missing} failed`, 0);
    ended.set(step.name, false);
    return;
  }
  const { isGood, printed, seconds } = await runQuietly('npm', ['run', '--silent', step.name]);
  printStep(step.name, printed, seconds);
  ended.set(step.name, isGood);
}

/** Begins each step once those it needs have ended, at most `AT_ONCE` at a time, and resolves when all have ended. */
async function runSideBySide(ended: Ended): Promise<void> {
  const waiting = [...STEPS];
  const running = new Set<Promise<void>>();
  while (waiting.length > 0 || running.size > 0) {
    const ready = waiting.findIndex(({ needs }) => needs.every((name) => ended.has(name)));
    if (ready === -1 || running.size === AT_ONCE) {
      await Promise.race(running);
      continue;
    }
    const [step] = waiting.splice(ready, 1);
    if (step === undefined) break;
    const run = runStep(step, ended).finally(() => running.delete(run));
    running.add(run);
  }
}

function runTests(ended: Ended): void {
  console.log('\n── test');
  const startMs = Date.now();
  ended.set('test', ended.get('generate') === true && succeeds('npx', TEST_ARGS));
  console.log(`   ${((Date.now() - startMs) / 1000).toFixed(1)} s`);
}

function report(ended: Ended): void {
  console.log('\n── result');
  for (const [name, isGood] of ended) console.log(`${isGood ? 'ok    ' : 'FAILED'}  ${name}`);
  if ([...ended.values()].includes(false)) process.exitCode = 1;
  if (!existsSync(TEST_REPORT)) throw new Error('The tests left no report.');
  const counts = readTestCounts(TEST_REPORT);
  for (const failure of counts.failures) console.log(`\n${failure}\n`);
  if (counts.skipped > 0) console.log(`${counts.skipped} skipped`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
}

const ended: Ended = new Map();
rmSync(TEST_REPORT, { force: true });
await runSideBySide(ended);
runTests(ended);
report(ended);
