import { onTestFinished } from 'vitest';
import { DEFAULT_ACTOR_LIMITS } from '../../../src/actors/limits.ts';
import { Shard } from '../../../src/actors/shard.ts';
import type { SummaryJob } from '../../../src/queue/summary-job.ts';
import type { Summarize } from '../../../src/queue/summary-worker.ts';
import { toSummaryJob } from '../../../src/runtime/summary-jobs.ts';
import { FollowUps } from '../../../src/runtime/follow-ups.ts';
import { createWarn, type RuntimeWarning } from '../../../src/runtime/warnings.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { OutboxReference, Store } from '../../../src/store/store.ts';
import {
  runTimersUntil,
  type VirtualClock,
  virtualClock,
} from '../../../src/testing/virtual-clock.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { aNewSession, aPolicy, aRecordCommand } from '../../lib/commands.ts';
import { aPriceBook } from '../../lib/environment.ts';

/** The session of most tests. */
export const KEY = { tenant: 't', sessionId: 's' };
const SWEEP_MS = 15_000;
const POLICY = aPolicy({ maxTurnsPerSegment: 2, requestSummary: true });

/** Follow-ups over a store in memory, at a time that stands still. */
export interface Setting {
  readonly store: Store;
  readonly shard: Shard;
  readonly followUps: FollowUps;
  readonly clock: VirtualClock;
  readonly warnings: RuntimeWarning[];
  /** Moves time on so far that everything that is due has been looked at. */
  later(ms: number): Promise<void>;
  outbox(): Promise<readonly OutboxReference[]>;
}

/** Follow-ups of one test. */
export function aSetting(summarize: Summarize | null = null): Setting {
  const clock = virtualClock();
  const store = createMemoryStore({ clock });
  const counter = createTokenCounter({ mode: 'estimate' });
  let ids = 0;
  const shard = new Shard({
    store,
    clock,
    // What is due is done in one turn of the event loop, on a clock that waits for a few of them.
    limits: { ...DEFAULT_ACTOR_LIMITS, sliceCommands: 10_000 },
    writer: 'writer-1',
    timeToLive: { absoluteMs: null, slidingMs: null },
    newId: () => `id-${(ids += 1)}`,
    random: () => 0,
    countTokens: (content) => counter.count(content, 'small').tokens,
    isExactFor: () => true,
    prices: aPriceBook(),
  });
  const warnings: RuntimeWarning[] = [];
  const followUps = new FollowUps({
    store,
    executor: shard,
    clock,
    counter,
    summarize,
    random: () => 0,
    background: null,
    warn: createWarn((warning) => warnings.push(warning)),
    defaultModel: () => 'small',
  });
  onTestFinished(async () => {
    await followUps.close();
    await shard.close({ deadlineMs: clock.nowMs() });
    await store.close();
  });
  return {
    store,
    shard,
    followUps,
    clock,
    warnings,
    later: async (ms) => {
      const endMs = clock.nowMs() + ms;
      while (clock.nowMs() < endMs) {
        // In order: what a sweep begins ends before the next one.
        clock.advance(Math.min(SWEEP_MS, endMs - clock.nowMs()));
        await runTimersUntil(clock, followUps.whenIdle());
      }
    },
    outbox: () => store.dueOutbox({ dueBeforeMs: clock.nowMs() + 10_000_000, limit: 100 }),
  };
}

/** A session of which a segment closed without anybody having asked for a better summary since. */
export async function withClosedSegment({ shard }: Setting): Promise<void> {
  const text = 'What are the seven wonders of the ancient world, and where did they stand?';
  await shard.execute({ key: KEY, command: { type: 'create', session: aNewSession() } });
  for (const source of ['user', 'llm', 'user'] as const) {
    await shard.execute({
      key: KEY,
      command: aRecordCommand({ message: text, source }, { policy: POLICY }),
    });
  }
}

/** What asks for a summary of the first segment of the session of most tests. */
export async function summaryJobOf({ shard }: Setting, maxTokens: number): Promise<SummaryJob> {
  const state = await shard.readState({ key: KEY, freshness: 'fresh' });
  const asked = { key: KEY, segment: 1, summaryTokens: maxTokens };
  const job = state === null ? null : toSummaryJob(state, asked);
  if (job === null) throw new Error('no segment was closed');
  return { ...job, maxTokens };
}

/** The summary of the first segment. */
export async function summaryOf({ shard }: Setting): Promise<string | undefined> {
  const state = await shard.readState({ key: KEY, freshness: 'fresh' });
  return state?.closed[0]?.summary.text;
}
