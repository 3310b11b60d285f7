import { runQuietly } from './lib/quiet-run.ts';

// The quick look before a commit. The steps run side by side, and each prints what it has to say when it is done. Rules that
// need types are left to the whole check: they take four times as long as all others together.

interface Step {
  readonly name: string;
  readonly args: readonly string[];
}

const STEPS: readonly Step[] = [
  {
    name: 'unit tests',
    args: [
      'vitest',
      'run',
      '--project',
      'unit',
      '--pool=threads',
      '--no-isolate',
      '--reporter=dot',
    ],
  },
  { name: 'lint', args: ['oxlint', '--config', '.oxlintrc.fast.json'] },
  {
    name: 'types',
    args: ['tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', 'build/types.tsbuildinfo'],
  },
];

async function report(step: Step): Promise<boolean> {
  const { isGood, printed, seconds } = await runQuietly('npx', step.args);
  console.log(`\n── ${step.name}: ${isGood ? 'ok' : 'FAILED'}, ${seconds.toFixed(1)} s`);
  console.log(printed.trim());
  return isGood;
}

const outcomes = await Promise.all(STEPS.map(report));
if (outcomes.includes(false)) process.exitCode = 1;
