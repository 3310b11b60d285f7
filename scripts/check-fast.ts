import { spawn } from 'node:child_process';

// The quick look before a commit. The steps run side by side, and each prints what it has to say when it is done. Rules that
// need types are left to the whole check: they take four times as long as all others together.

interface Step {
  readonly name: string;
  readonly args: readonly string[];
}

interface Outcome {
  readonly isGood: boolean;
  readonly printed: string;
  readonly seconds: number;
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

function outcomeOf({ args }: Step): Promise<Outcome> {
  const startMs = Date.now();
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const child = spawn('npx', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      const printed = Buffer.concat(chunks).toString('utf8');
      resolve({ isGood: code === 0, printed, seconds: (Date.now() - startMs) / 1000 });
    });
  });
}

async function report(step: Step): Promise<boolean> {
  const { isGood, printed, seconds } = await outcomeOf(step);
  console.log(`\n── ${step.name}: ${isGood ? 'ok' : 'FAILED'}, ${seconds.toFixed(1)} s`);
  console.log(printed.trim());
  return isGood;
}

const outcomes = await Promise.all(STEPS.map(report));
if (outcomes.includes(false)) process.exitCode = 1;
