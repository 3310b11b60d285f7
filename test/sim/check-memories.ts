import { DEFAULT_ACTOR_LIMITS } from '../../src/actors/limits.ts';
import { Shard } from '../../src/actors/shard.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Store } from '../../src/store/store.ts';
import type { Evidence } from './check-answers.ts';
import { checkContexts } from './check-contexts.ts';
import { MemoryCheck } from './check-memory.ts';
import type { Inspection } from './memory-call.ts';
import { MemoryHost } from './memory-host.ts';
import { countTokens, PRICES } from './process.ts';
import type { Run } from './simulation.ts';
import type { Truth } from './truth.ts';
import type { Violation } from './violation.ts';

/** Holds all calls of the memory of one session against its log, and against a process that starts when all is over. */
export async function checkMemories(
  run: Run,
  of: { readonly truth: Truth; readonly evidence: readonly Evidence[] },
  report: (violation: Violation) => void,
): Promise<void> {
  const { memory: profile } = run;
  if (profile === null) return;
  const { truth, evidence } = of;
  const { key } = truth;
  const host = openHost(run.server.inner, profile);
  const calls = run.memoryCalls.filter((call) => call.key.sessionId === key.sessionId);
  const inspections = calls.filter(({ ask }) => ask.type === 'inspect');
  const made = calls.filter(({ ask }) => ask.type !== 'inspect');
  const isThere = truth.timeline.latest.record !== null;
  const fresh = isThere ? await inspectFresh(host, truth) : null;
  const check = new MemoryCheck({ truth, profile, calls: made, evidence, fresh }, report);
  check.check();
  check.checkInspections(inspections.filter(({ tag }) => tag.startsWith('last.')));
  await checkContexts(truth, made, { memory: host.open(key), report });
}

async function inspectFresh(host: MemoryHost, { key }: Truth): Promise<Inspection> {
  const call = { ask: { type: 'inspect' }, wait: {} } as const;
  const answer = await host.perform(key, call, (executor) => executor);
  if (answer.type !== 'inspected') throw new TypeError('an inspection gives what was seen');
  return answer.inspection;
}

/** A process that reads the store as it is in the end, without a network between them. */
function openHost(store: Store, profile: NonNullable<Run['memory']>): MemoryHost {
  const clock: Clock = { nowMs: () => 0, setTimer: () => ({ cancel: () => undefined }) };
  const executor = new Shard({
    store,
    clock,
    limits: DEFAULT_ACTOR_LIMITS,
    writer: 'checker',
    timeToLive: { absoluteMs: null, slidingMs: null },
    newId: () => 'none',
    random: () => 0,
    countTokens,
    isExactFor: () => true,
    prices: PRICES,
  });
  return new MemoryHost({ store, executor, clock, prices: PRICES, profile, seams: {} });
}
