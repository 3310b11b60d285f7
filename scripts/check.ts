import { existsSync, rmSync } from 'node:fs';
import { succeeds } from './lib/run.ts';
import { readTestCounts } from './lib/test-report.ts';

// Everything that must hold before a change is merged, in the order from quick to slow. All steps run even after one has
// failed, so that one run shows all there is to do.

const TEST_REPORT = 'build/test-report.json';

interface Step {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Steps without which this one says nothing. */
  readonly needs?: readonly string[];
}

function npmStep(name: string, needs: readonly string[] = []): Step {
  return { name, program: 'npm', args: ['run', '--silent', name], needs };
}

const STEPS: readonly Step[] = [
  npmStep('generate'),
  npmStep('format:check'),
  npmStep('lint'),
  npmStep('deps', ['generate']),
  npmStep('types', ['generate']),
  npmStep('build', ['generate']),
  npmStep('check:reproducible', ['build']),
  {
    name: 'test',
    program: 'npx',
    args: [
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${TEST_REPORT}`,
    ],
    needs: ['generate'],
  },
  npmStep('knip', ['generate']),
  npmStep('package', ['build']),
];

function runSteps(): ReadonlySet<string> {
  const failed = new Set<string>();
  for (const step of STEPS) {
    console.log(`\n── ${step.name}`);
    const missing = step.needs?.find((name) => failed.has(name));
    if (missing !== undefined) console.log(`not run: ${missing} failed`);
    const startMs = Date.now();
    if (missing !== undefined || !succeeds(step.program, step.args)) failed.add(step.name);
    console.log(`   ${((Date.now() - startMs) / 1000).toFixed(1)} s`);
  }
  return failed;
}

function main(): void {
  rmSync(TEST_REPORT, { force: true });
  const failed = runSteps();
  console.log('\n── result');
  for (const { name } of STEPS) console.log(`${failed.has(name) ? 'FAILED' : 'ok    '}  ${name}`);
  if (failed.size > 0) process.exitCode = 1;
  if (!existsSync(TEST_REPORT)) throw new Error('The tests left no report.');
  const counts = readTestCounts(TEST_REPORT);
  for (const failure of counts.failures) console.log(`\n${failure}\n`);
  if (counts.skipped > 0) console.log(`${counts.skipped} skipped`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
}

main();
