import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, inject, onTestFinished, test } from 'vitest';
import { DEFAULT_ACTOR_LIMITS } from '../../../src/actors/limits.ts';
import { Shard } from '../../../src/actors/shard.ts';
import type { LogEvent } from '../../../src/domain/log-event.ts';
import type { Queue } from '../../../src/queue/queue.ts';
import { FollowUps } from '../../../src/runtime/follow-ups.ts';
import { newUuid, systemClock } from '../../../src/runtime/system.ts';
import { readLog } from '../../../src/store/log-reader.ts';
import type { Store } from '../../../src/store/store.ts';
import { seededRandom } from '../../../src/testing/index.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { aPriceBook } from '../../lib/environment.ts';
import { compiled } from '../../lib/processes/compiled.ts';
import { type ChaosOrder, EXCHANGES, FAST, questionOf } from '../../lib/redis/chaos-process.ts';
import { aBullQueue } from '../../lib/redis/queues.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');

/** Half a minute; `PAGEFOLD_CHAOS_SESSIONS` and `PAGEFOLD_CHAOS_KILLS` make it longer or shorter. */
const SESSIONS = Number(process.env['PAGEFOLD_CHAOS_SESSIONS'] ?? '200');
const KILLS_OF_EACH = Number(process.env['PAGEFOLD_CHAOS_KILLS'] ?? '2');
const SEED = 20_261_126;
const DEADLINE_MS = 240_000;

/** Longer than an entry of the outbox is put off, so that every sweep sees all that are left. */
const STEP_MS = 700_000;

interface Deployment {
  readonly namespace: string;
  readonly store: Store;
  readonly queue: Queue;
  readonly followUps: FollowUps;
  /** One sweep, later than everything that was put off. */
  readonly sweep: () => Promise<void>;
}

function aDeployment(): Deployment {
  const namespace = aNamespace();
  const store = aRedisStore({ url, namespace });
  const queue = aBullQueue({ url, namespace, ...FAST });
  const real = systemClock();
  let aheadMs = 0;
  const clock = { ...real, nowMs: () => real.nowMs() + aheadMs };
  const counter = createTokenCounter({ mode: 'estimate' });
  const shard = new Shard({
    store,
    clock: real,
    limits: DEFAULT_ACTOR_LIMITS,
    writer: newUuid(),
    timeToLive: { absoluteMs: null, slidingMs: null },
    newId: newUuid,
    random: () => 0,
    countTokens: (content) => counter.count(content, 'small').tokens,
    isExactFor: () => true,
    prices: aPriceBook(),
  });
  const background = { queue, isOwn: true, isConsumer: false, concurrency: 1, rateLimit: null };
  const followUps = new FollowUps({
    store,
    executor: shard,
    clock,
    counter,
    summarize: null,
    background,
    random: () => 0,
    warn: () => undefined,
    defaultModel: () => 'small',
  });
  onTestFinished(async () => {
    await followUps.close();
    await shard.close({ deadlineMs: real.nowMs() });
    await store.close();
  });
  const sweep = async (): Promise<void> => {
    aheadMs += STEP_MS;
    await followUps.sweep();
  };
  return { namespace, store, queue, followUps, sweep };
}

function begin(order: ChaosOrder): ChildProcess {
  const child = fork(compiled('test/lib/redis/chaos-process.ts'), [JSON.stringify(order)], {
    execArgv: [],
  });
  return child;
}

/** Runs a role; kills it some times, each time followed by another one. The last one of it lives. */
async function live(
  order: ChaosOrder,
  random: () => number,
): Promise<{ readonly last: ChildProcess; readonly done: Promise<void> }> {
  for (let kill = 0; kill < KILLS_OF_EACH; kill += 1) {
    const child = begin({ ...order, seed: order.seed + kill });
    // In order: each takes the place of the one before.
    await once(child, 'message');
    await pause(random() * 800);
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  const last = begin({ ...order, seed: order.seed + KILLS_OF_EACH });
  onTestFinished(() => void last.kill('SIGKILL'));
  const done = new Promise<void>((resolve) => {
    last.on('message', (message) => {
      if (message === 'done') resolve();
    });
  });
  return { last, done };
}

async function eventsOf(store: Store, sessionId: string): Promise<readonly LogEvent[]> {
  const key = { tenant: 'default', sessionId };
  const head = await store.head({ key });
  if (head === null) throw new Error(`${sessionId} is not there`);
  const range = { key, fromPosition: 1, toPosition: head.version };
  const events: LogEvent[] = [];
  for await (const page of readLog(store, range)) events.push(...page.map(({ event }) => event));
  return events;
}

/** What is wrong with the summaries and messages of a session. */
function violationsOf(sessionId: string, events: readonly LogEvent[]): readonly string[] {
  const violations: string[] = [];
  const closed = events.filter(({ type }) => type === 'segment-closed').length;
  if (closed !== EXCHANGES - 1) violations.push(`${sessionId}: ${closed} segments were closed`);
  for (let segment = 1; segment < EXCHANGES; segment += 1) {
    const applied = events.flatMap((event) =>
      event.type === 'summary-applied' && event.segment === segment ? [event.summary] : [],
    );
    const isRight =
      applied.length === 1 &&
      applied[0]?.revision === 1 &&
      applied[0].text === `About: ${questionOf(sessionId, segment)}`;
    if (!isRight) violations.push(`${sessionId}/${segment}: ${JSON.stringify(applied)}`);
  }
  const said = events.flatMap((event) =>
    event.type === 'event-recorded' && event.event.source === 'user' ? [event.event.message] : [],
  );
  const expected = Array.from({ length: EXCHANGES }, (_, at) => questionOf(sessionId, at + 1));
  if (JSON.stringify(said) !== JSON.stringify(expected))
    violations.push(`${sessionId}: not every message is there once`);
  return violations;
}

test(
  'W-07: killed processes, lost jobs, failing models and repeated deliveries leave one summary for each segment',
  async () => {
    const { namespace, store, queue, sweep } = aDeployment();
    const random = seededRandom(SEED);
    const next = (): number => random.next();
    const ids = Array.from({ length: SESSIONS }, (_, index) => `s${index}`);
    const halves = [ids.slice(0, SESSIONS / 2), ids.slice(SESSIONS / 2)];
    const common = { url, namespace };
    const recorders = halves.map((sessionIds, index) =>
      live({ ...common, role: 'record', seed: SEED + 100 * index, sessionIds }, next),
    );
    const summarisers = live(
      { ...common, role: 'summarise', seed: SEED + 1000, sessionIds: [] },
      next,
    );
    const [first, second] = await Promise.all([...recorders, summarisers]);
    await Promise.all([first?.done, second?.done]);

    const outbox = (): ReturnType<Store['dueOutbox']> =>
      store.dueOutbox({ dueBeforeMs: Number.MAX_SAFE_INTEGER, limit: 1000 });
    let left = await outbox();
    const before = left.length;
    const violations: string[] = [];
    for (;;) {
      // In order: a sweep puts off what it sees, and what died is begun anew until nothing is left.
      await sweep();
      await queue.drain();
      const dead = await queue.deadJobs({ limit: 1000 });
      await Promise.all(dead.map(({ id }) => queue.revive(id)));
      left = await outbox();
      if (left.length === 0 && dead.length === 0) break;
    }
    for (const id of ids) violations.push(...violationsOf(id, await eventsOf(store, id)));

    expect(violations).toEqual([]);
    // Without the sweep, some would still be waiting: jobs were lost.
    expect(before).toBeGreaterThan(0);
  },
  DEADLINE_MS,
);
