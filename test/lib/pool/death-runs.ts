import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { CommandReply, Executor } from '../../../src/actors/envelope.ts';
import { ERROR_CODES } from '../../../src/domain/error-codes.ts';
import { PagefoldError } from '../../../src/domain/errors.ts';
import type { RedisStoreDescription } from '../../../src/index.ts';
import type { SessionKey } from '../../../src/domain/ids.ts';
import { MovableExecutor } from '../../../src/runtime/movable-executor.ts';
import { systemClock } from '../../../src/runtime/system.ts';
import { decodeRecords } from '../../../src/store/codec.ts';
import type { Store } from '../../../src/store/store.ts';
import { seededRandom, type SeededRandom } from '../../../src/testing/seeded-random.ts';
import { aNewSession, aRecordCommand } from '../commands.ts';
import { WAYS_TO_DIE, type WayToDie } from './death.ts';
import { type DyingPool, openDyingPool } from './dying-pool.ts';

/** What came of many calls to workers that ended again and again. */
export interface DeathReport {
  readonly deaths: Readonly<Record<WayToDie, number>>;
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  /** How often all sessions moved. */
  readonly moves: number;
  /** What must not be, in words. */
  readonly violations: readonly string[];
}

/** One call, and what came of it. Beginnings and ends are numbered in the order in which they happened. */
interface Call {
  readonly key: SessionKey;
  readonly text: string;
  readonly begin: number;
  end: number;
  outcome: { readonly kind: 'acknowledged'; readonly position: number } | Failure | null;
}

interface Failure {
  readonly kind: 'refused' | 'unknown' | 'nameless';
  readonly code: string;
}

const WORKERS = 2;
const SESSIONS = 24;
const CLIENTS = 32;
/** Of a hundred calls, how many are given up in the middle, and how many end the worker themselves. */
const ABORTED = 4;
const LONGEST_PAUSE_MS = 20;
const QUARANTINE_MS = 20;
const MOVE_TIMEOUT_MS = 5000;

/** Ends workers in all ways at random moments while clients keep calling, and compares the log with what they were told. */
export async function runDeaths(options: {
  readonly seed: number;
  readonly rounds: number;
  /** Rounds in which a call ends the worker. */
  readonly poisonedRounds?: number;
  /** A Redis that workers have connections of their own to; without it the log is in this thread. */
  readonly redis?: RedisStoreDescription;
  /** Whether all sessions move to other workers whenever one is to end. */
  readonly isMoving?: boolean;
}): Promise<DeathReport> {
  const { seed, rounds, poisonedRounds = 0, redis, isMoving = false } = options;
  const settings = {
    workers: WORKERS,
    pool: { quarantineMs: QUARANTINE_MS },
    ...(redis === undefined ? {} : { redis }),
  };
  const pool = openDyingPool(settings);
  const { store, orders } = pool;
  const clock = systemClock();
  const executor = new MovableExecutor(pool.executor, clock);
  const moveOn = (): Promise<boolean> =>
    executor.moveTo(openDyingPool({ ...settings, store, orders }).executor, MOVE_TIMEOUT_MS);
  const move = isMoving ? moveOn : null;
  const run = new DeathRun({ executor, store, orders, move }, seededRandom(seed));
  try {
    return await run.play(rounds, poisonedRounds);
  } finally {
    await executor.close({ deadlineMs: clock.nowMs() + MOVE_TIMEOUT_MS });
    await pool.close();
  }
}

/** What a run works on. */
interface DeathSubject extends Pick<DyingPool, 'store' | 'orders'> {
  readonly executor: Executor;
  /** Moves all sessions to other workers; null where they stay. */
  readonly move: (() => Promise<boolean>) | null;
}

class DeathRun {
  readonly #pool: DeathSubject;
  readonly #random: SeededRandom;
  readonly #calls: Call[] = [];
  readonly #violations: string[] = [];
  readonly #deaths: Record<WayToDie, number> = {
    exit: 0,
    error: 0,
    rejection: 0,
    heap: 0,
    loop: 0,
    start: 0,
  };
  #moves = 0;
  #ticks = 0;
  #isOver = false;

  constructor(pool: DeathSubject, random: SeededRandom) {
    this.#pool = pool;
    this.#random = random;
  }

  async play(rounds: number, poisonedRounds: number): Promise<DeathReport> {
    const clients = Array.from({ length: CLIENTS }, (_, index) => this.#client(index));
    for (let round = 0; round < rounds; round += 1) {
      // In order: one end after the other, so that it is known whose calls must not notice.
      if (round < poisonedRounds) await this.#poison();
      else await this.#kill(round);
    }
    this.#isOver = true;
    await Promise.all(clients);
    await this.#checkLogs();
    return this.#report();
  }

  async #client(index: number): Promise<void> {
    for (let number = 0; !this.#isOver; number += 1) {
      // In order: a client waits for its answer.
      await this.#call(this.#session(), `client ${index} call ${number}`);
      if (number % 8 === 0) await nextTurn();
    }
  }

  #session(): SessionKey {
    return { tenant: 't', sessionId: `session-${this.#random.below(SESSIONS)}` };
  }

  async #call(key: SessionKey, text: string): Promise<Call> {
    const call: Call = { key, text, begin: this.#tick(), end: 0, outcome: null };
    this.#calls.push(call);
    const command = aRecordCommand({ message: text }, { create: aNewSession() });
    const controller = new AbortController();
    if (this.#random.below(100) < ABORTED) void nextTurn().then(() => controller.abort());
    try {
      const options = { signal: controller.signal };
      const reply = await this.#pool.executor.execute({ key, command, options });
      call.outcome = { kind: 'acknowledged', position: positionIn(reply) };
    } catch (error) {
      call.outcome = failureOf(error);
    }
    call.end = this.#tick();
    return call;
  }

  /** The ways take turns, since a way that is drawn may never come. */
  async #kill(round: number): Promise<void> {
    const way = WAYS_TO_DIE[round % WAYS_TO_DIE.length] ?? 'exit';
    this.#deaths[way] += 1;
    const before = this.#restarts();
    const firstCall = this.#calls.length;
    await sleep(this.#random.below(LONGEST_PAUSE_MS));
    this.#pool.orders.give(way);
    const { move } = this.#pool;
    if (move !== null && (await move())) this.#moves += 1;
    await this.#until(() => this.#pool.orders.isTaken);
    const expected = way === 'start' ? 2 : 1;
    // Those that end behind a move are not counted any more.
    if (move === null) await this.#until(() => sum(this.#restarts()) >= sum(before) + expected);
    this.#checkCalls(this.#calls.slice(firstCall));
  }

  async #poison(): Promise<void> {
    this.#deaths.exit += 1;
    const key = this.#session();
    const call = await this.#call(key, 'die: exit');
    if (call.outcome?.kind !== 'refused' && call.outcome?.kind !== 'unknown')
      this.#violations.push(
        `a call that ends its worker was answered with ${JSON.stringify(call)}`,
      );
  }

  /** Nobody is refused because a worker ended: neither those who were with it nor those who were with another one. */
  #checkCalls(calls: readonly Call[]): void {
    for (const { outcome, text } of calls) {
      if (outcome?.kind !== 'refused') continue;
      const isExpected = outcome.code === 'POISON_COMMAND' || outcome.code === 'ABORTED';
      if (!isExpected) this.#violations.push(`${text} was refused with ${outcome.code}`);
    }
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await sleep(1);
  }

  #restarts(): readonly number[] {
    return (this.#pool.executor.stats().shards ?? []).map(({ restarts }) => restarts);
  }

  async #checkLogs(): Promise<void> {
    const logs = new Map<string, ReadonlyMap<string, readonly number[]>>();
    for (const { key } of this.#calls) {
      if (logs.has(key.sessionId)) continue;
      // In order: each is read once.
      logs.set(key.sessionId, await positionsByText(this.#pool.store, key));
    }
    for (const call of this.#calls) this.#checkCall(call, logs.get(call.key.sessionId));
    for (const key of logs.keys()) this.#checkOrder(key);
  }

  #checkCall(
    { text, outcome }: Call,
    log: ReadonlyMap<string, readonly number[]> | undefined,
  ): void {
    const positions = log?.get(text) ?? [];
    const found = `${text}: ${JSON.stringify(outcome)}, in the log at ${JSON.stringify(positions)}`;
    if (outcome === null) this.#violations.push(`${text} was never answered`);
    else if (outcome.kind === 'acknowledged') {
      if (positions.length !== 1 || positions[0] !== outcome.position) this.#violations.push(found);
    } else if (outcome.kind === 'unknown') {
      if (positions.length > 1) this.#violations.push(found);
    } else if (positions.length > 0 || outcome.kind === 'nameless') this.#violations.push(found);
  }

  /** What was answered before another call began stands before it. */
  #checkOrder(sessionId: string): void {
    const calls = this.#calls.filter((call) => call.key.sessionId === sessionId);
    const acknowledged = calls.flatMap(({ outcome, begin, end }) =>
      outcome?.kind === 'acknowledged' ? [{ begin, end, position: outcome.position }] : [],
    );
    const ends = acknowledged.toSorted((a, b) => a.end - b.end);
    let highest = 0;
    let next = 0;
    for (const { begin, position } of acknowledged.toSorted((a, b) => a.begin - b.begin)) {
      for (; (ends[next]?.end ?? Infinity) < begin; next += 1)
        highest = Math.max(highest, ends[next]?.position ?? 0);
      if (position < highest) this.#violations.push(`${sessionId}: ${position} after ${highest}`);
    }
  }

  #tick(): number {
    this.#ticks += 1;
    return this.#ticks;
  }

  #report(): DeathReport {
    const count = (kind: string): number =>
      this.#calls.filter(({ outcome }) => outcome?.kind === kind).length;
    return {
      deaths: this.#deaths,
      acknowledged: count('acknowledged'),
      refused: count('refused'),
      unknown: count('unknown'),
      moves: this.#moves,
      violations: this.#violations,
    };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function positionIn(reply: CommandReply): number {
  return reply.kind === 'committed' ? (reply.recorded?.position ?? 0) : 0;
}

function failureOf(error: unknown): Failure {
  if (!PagefoldError.isInstance(error) || !(error.code in ERROR_CODES))
    return { kind: 'nameless', code: String(error) };
  return { kind: error.code === 'UNKNOWN_OUTCOME' ? 'unknown' : 'refused', code: error.code };
}

async function positionsByText(
  store: Store,
  key: SessionKey,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const positions = new Map<string, number[]>();
  const limit = 1000;
  for (let from = 1; ; from += limit) {
    // In order: a page says where the next one begins.
    const page = await store.read({ key, fromPosition: from, limit });
    if (page === null) return positions;
    for (const [index, event] of decodeRecords(page.records, from).entries()) {
      if (event.type !== 'event-recorded' || typeof event.event.message !== 'string') continue;
      const known = positions.get(event.event.message) ?? [];
      positions.set(event.event.message, [...known, from + index]);
    }
    if (page.records.length < limit) return positions;
  }
}
