import { check } from './checker.ts';
import { type Run, simulate, type SimulationParams } from './simulation.ts';
import type { Violation } from './violation.ts';

/** A seed under which a promise was broken. */
export interface Failure {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** The fewest calls found that break it, and what happened then. */
  readonly trace: string;
}

/** Simulations spent on leaving calls out. */
const SHRINKING_RUNS = 300;

/** Plays a seed and checks it; null when everything was as promised. */
export async function findFailure(params: SimulationParams): Promise<Failure | null> {
  const violations = await check(await simulate(params));
  const [first] = violations;
  if (first === undefined) return null;
  return { seed: params.seed, violations, trace: await explain(params, first.rule) };
}

/** A failure in words. */
export function failureText({ seed, violations, trace }: Failure): string {
  const broken = violations.map(
    ({ rule, text, sessionId }) => `  ${rule} ${sessionId ?? ''} ${text}`,
  );
  return [`seed ${seed}`, ...broken, trace].join('\n');
}

/** Leaves out calls as long as the same promise stays broken, and tells what is left. */
async function explain(params: SimulationParams, rule: Violation['rule']): Promise<string> {
  let kept = await attempt(params, new Set(), rule);
  if (kept === null) return 'does not happen again';
  let runs = 0;
  for (let size = kept.run.plan.length >> 1; size >= 1; size >>= 1) {
    for (const chunk of chunksOf(kept.run.plan, size)) {
      if ((runs += 1) > SHRINKING_RUNS) break;
      // In order: each attempt starts from what the one before could leave out.
      const fewer = await attempt(params, new Set([...kept.without, ...chunk]), rule);
      kept = fewer ?? kept;
    }
  }
  return describe(kept);
}

interface Kept {
  readonly run: Run;
  readonly violation: Violation;
  readonly without: ReadonlySet<string>;
}

async function attempt(
  params: SimulationParams,
  without: ReadonlySet<string>,
  rule: Violation['rule'],
): Promise<Kept | null> {
  const run = await simulate({ ...params, without });
  const violation = (await check(run)).find((candidate) => candidate.rule === rule);
  return violation === undefined ? null : { run, violation, without };
}

function chunksOf(plan: Run['plan'], size: number): readonly (readonly string[])[] {
  const ids = plan.map(({ id }) => id);
  const count = Math.ceil(ids.length / size);
  return Array.from({ length: count }, (_, index) => ids.slice(index * size, (index + 1) * size));
}

function describe({ run, violation }: Kept): string {
  const { sessionId, rule, text } = violation;
  const others = run.profile.sessions.filter((id) => id !== sessionId);
  const lines = run.recorder.lines.filter((line) => !others.some((id) => line.includes(` ${id} `)));
  const head = `with ${run.plan.length} calls, ${run.profile.flavour}: ${rule} ${text}`;
  return [head, ...lines.map((line) => `  ${line}`)].join('\n');
}
