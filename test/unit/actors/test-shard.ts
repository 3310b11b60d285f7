import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ActorLimits, DEFAULT_ACTOR_LIMITS } from '../../../src/actors/limits.ts';
import type { Announce } from '../../../src/actors/commit-announcement.ts';
import type { CallOptions, FullReply } from '../../../src/actors/envelope.ts';
import { Shard } from '../../../src/actors/shard.ts';
import type { Command } from '../../../src/domain/command.ts';
import type { SessionKey } from '../../../src/domain/ids.ts';
import type { SessionState } from '../../../src/domain/session-state.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { AppendParams, Store, TimeToLive } from '../../../src/store/store.ts';
import { type VirtualClock, virtualClock } from '../../../src/testing/virtual-clock.ts';
import { aNewSession, aRecordCommand } from '../../lib/commands.ts';
import { anEnvironment } from '../../lib/environment.ts';
import { type Passage, type StoreMethod, storeThrough } from '../../sim/store-through.ts';

/** How a shard under test is set up; what is left out is as in production, over a fresh memory store. */
export interface TestShardOptions {
  readonly limits?: Partial<ActorLimits>;
  readonly clock?: VirtualClock;
  /** The store behind, e.g. that of another shard. */
  readonly store?: Store;
  readonly isShared?: boolean;
  readonly writer?: string;
  readonly timeToLive?: TimeToLive;
  readonly announce?: Announce;
  /** What happens to calls on their way to the store. */
  readonly pass?: Passage;
}

/** A shard with everything around it within reach. */
export interface TestShard {
  readonly shard: Shard;
  readonly clock: VirtualClock;
  /** The store without anything in between. */
  readonly store: Store;
  /** Every append that was sent, in order. */
  readonly appends: readonly AppendParams[];
  /** Every call to the store, by method, in order. */
  readonly calls: readonly StoreMethod[];
  readonly execute: (command: Command, options?: CallOptions) => Promise<FullReply>;
  readonly read: (freshness?: 'local' | 'fresh') => Promise<SessionState | null>;
}

/** The session of every test that needs only one. */
export const KEY: SessionKey = { tenant: 'tenant-1', sessionId: 'session-1' };

/** A running shard. */
export function aShard(options: TestShardOptions = {}): TestShard {
  const clock = options.clock ?? virtualClock();
  const store = options.store ?? createMemoryStore({ clock });
  const appends: AppendParams[] = [];
  const calls: StoreMethod[] = [];
  const pass: Passage = options.pass ?? ((_, call) => call());
  const through = storeThrough(
    () => store,
    (method, call) => {
      calls.push(method);
      return pass(method, call);
    },
  );
  const { newId, countTokens, isExactFor, prices } = anEnvironment();
  const writer = options.writer ?? 'writer-1';
  const shard = new Shard({
    store: {
      ...through,
      isShared: options.isShared ?? false,
      append: (params) => {
        appends.push(params);
        return through.append(params);
      },
    },
    clock,
    limits: { ...DEFAULT_ACTOR_LIMITS, ...options.limits },
    writer,
    timeToLive: options.timeToLive ?? { absoluteMs: null, slidingMs: null },
    newId: () => `${writer}-${newId()}`,
    random: () => 0.5,
    countTokens,
    isExactFor,
    prices,
    announce: options.announce,
  });
  return {
    shard,
    clock,
    store,
    appends,
    calls,
    execute: (command, callOptions = {}) =>
      shard.execute({ key: KEY, command, options: callOptions }),
    read: (freshness = 'local') => shard.readState({ key: KEY, freshness }),
  };
}

/** Records a user message, in a session that is created on the way when there is none. */
export function says(message: string): Command {
  return aRecordCommand({ message }, { create: aNewSession() });
}

/** Holds calls to the store back until the test lets them through. */
export class HeldCalls {
  readonly #methods: ReadonlySet<StoreMethod>;
  readonly #waiting: (() => void)[] = [];

  constructor(...methods: readonly StoreMethod[]) {
    this.#methods = new Set(methods);
  }

  /** Calls that wait now. */
  get count(): number {
    return this.#waiting.length;
  }

  readonly pass: Passage = async (method, call) => {
    if (this.#methods.has(method)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return call();
  };

  /** Lets the first of the waiting calls through, and everything happen that follows from it. */
  async release(): Promise<void> {
    this.#waiting.shift()?.();
    await nextTurn();
  }
}

/** Settles nothing, but lets everything happen that needs no time. */
export async function settled(): Promise<void> {
  await nextTurn();
}

/** What a call fails with, for calls that are awaited only after something else has happened. */
export function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: unknown) => error,
  );
}

/** Sees whether a promise is still open, without waiting for it. */
export async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  return (await Promise.race([promise.then(nothing, nothing), nextTurn(open)])) === open;
}

function nothing(): undefined {
  return undefined;
}
