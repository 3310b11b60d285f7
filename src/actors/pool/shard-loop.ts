import { threadId } from 'node:worker_threads';
import type { Store } from '../../store/store.ts';
import type { Announcement } from '../commit-announcement.ts';
import type { CallOptions, CommandReply, Committed, FullReply, ReplyWishes } from '../envelope.ts';
import type { Shard } from '../shard.ts';
import { unpackPart } from './main-batch.ts';
import { packAppend, recordedAs, unpackRecorded } from './packed-append.ts';
import { RemoteStore } from './remote-store.ts';
import { Vitals } from './vitals.ts';
import { fromWireError, toWireError } from './wire-error.ts';
import type {
  MainBatch,
  ShardTask,
  StoreAnswer,
  StoreTraits,
  ToMain,
  PlainMessage,
  WireOptions,
  WorkerBatch,
} from './wire.ts';

/** What a shard in a worker is built on. */
export interface ShardSurroundings {
  /** A number that no other thread of this process goes by: 1 is the main thread's. */
  readonly owner: number;
  /** A store that lives in the main thread. */
  readonly remoteStore: (traits: StoreTraits) => Store;
  /** Tells the main thread of a commit. For a remote store, whose calls go the same way behind it. */
  readonly announce: (announcement: Announcement) => undefined;
  /** As `announce`; resolves when the message has left this thread. For a store with a connection of its own. */
  readonly announceFirst: (announcement: Announcement) => Promise<void>;
  readonly warn: (code: string, message: string) => void;
}

/** A shard, with what was opened for it. */
export interface WorkerShard {
  readonly shard: Shard;
  /** By how many milliseconds the event loop of the thread is late. */
  readonly lateMs: () => number;
  /** Closes what the shard does not own, such as its store's connection. */
  readonly close: () => Promise<void>;
}

/** Builds the shard of a worker. */
export type BuildShard<Settings> = (
  settings: Settings,
  surroundings: ShardSurroundings,
) => WorkerShard;

/** Runs a shard behind a message port until it is told to close. Rejects when the shard cannot be built. */
export async function runShardLoop<Settings>(
  task: ShardTask<Settings>,
  build: BuildShard<Settings>,
): Promise<void> {
  const loop = new ShardLoop(task);
  try {
    await loop.run(build(task.settings, loop.surroundings));
  } finally {
    loop.end();
  }
}

type Waiter = {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** The commit that the call is, when it was announced with it. */
  readonly commit: Announcement | null;
};

class ShardLoop {
  readonly surroundings: ShardSurroundings;
  readonly #task: ShardTask;
  readonly #vitals: Vitals;
  readonly #pulse: NodeJS.Timeout;
  readonly #aborts = new Map<number, AbortController>();
  readonly #storeCalls = new Map<number, Waiter>();
  /** Where calls are that have been told of their commits, by ticket. */
  readonly #expected = new Map<number, number>();
  /** Calls that have been answered where their commit was made. */
  readonly #answered = new Set<number>();
  /** Was announced to be made by the very next call to the store. */
  #announcement: Announcement | null = null;
  #announced: unknown[] = [];
  #confirmed: number[] = [];
  readonly #told = { commits: 0, commands: 0 };
  #shard: Shard | null = null;
  #lateMs: () => number = () => 0;
  #messages: ToMain[] = [];
  #afterFlush: (() => void)[] = [];
  #taken = 0;
  #calls = 0;
  #isScheduled = false;

  constructor(task: ShardTask) {
    this.#task = task;
    this.#vitals = new Vitals(task.vitals);
    this.#pulse = setInterval(() => this.#beat(), task.heartbeatMs);
    this.surroundings = {
      owner: threadId + 1,
      remoteStore: (traits) =>
        new RemoteStore(traits, (method, params) => this.#callStore({ method, params })),
      announce: (announcement) => this.#announce(announcement),
      announceFirst: (announcement) => this.#announceFirst(announcement),
      warn: (code, message) => this.#say({ kind: 'warning', code, message }),
    };
  }

  /** Resolves when the shard was told to close, and did. */
  run({ shard, lateMs, close }: WorkerShard): Promise<void> {
    this.#shard = shard;
    this.#lateMs = lateMs;
    return new Promise<void>((resolve, reject) => {
      const shut = async (deadlineMs: number): Promise<void> => {
        await shard.close({ deadlineMs });
        await close();
        this.#say({ kind: 'closed' });
        this.#flush();
      };
      this.#task.port.on('message', ({ recorded, parts }: MainBatch) => {
        this.#taken += 1;
        this.#schedule();
        unpackRecorded(recorded, (call, answer) => this.#settleAppend(call, answer));
        for (const message of parts.flatMap(unpackPart)) {
          if (message.kind === 'close') shut(message.deadlineMs).then(resolve, reject);
          else this.#hear(shard, message);
        }
      });
      this.#say({ kind: 'ready', owner: this.surroundings.owner });
    });
  }

  /** After this nothing is said or heard. */
  end(): void {
    clearInterval(this.#pulse);
    this.#task.port.close();
  }

  #hear(shard: Shard, message: Exclude<PlainMessage, { kind: 'close' }>): void {
    switch (message.kind) {
      case 'execute': {
        const { id, key, command } = message;
        const options = { ...this.#optionsOf(message), ticket: id };
        const reply = shard.execute({ key, command, options });
        return this.#answer(id, reply, (value) => this.#toReply(id, value, options.wants));
      }
      case 'read': {
        const { id, key, freshness } = message;
        const state = shard.readState({ key, freshness, options: this.#optionsOf(message) });
        return this.#answer(id, state, (value) => ({ kind: 'state', id, state: value }));
      }
      case 'resume': {
        const { id, append } = message;
        const commit = shard.resume(append);
        return this.#answer(id, commit, (value) => ({ kind: 'resumed', id, commit: value }));
      }
      case 'cancel':
        return this.#aborts.get(message.id)?.abort();
      case 'forget':
        return shard.forget(message.key);
      case 'forget-tenant':
        return shard.forgetTenant(message.tenant);
      case 'store-value':
      case 'store-error':
        return this.#settleStoreCall(message);
    }
  }

  #optionsOf(call: {
    readonly id: number;
    readonly options: WireOptions;
    readonly isAbortable: boolean;
  }): CallOptions {
    if (!call.isAbortable) return call.options;
    const abort = new AbortController();
    this.#aborts.set(call.id, abort);
    return { ...call.options, signal: abort.signal };
  }

  /** What is to be said of a reply; nothing when it has been said, or comes to what was announced. */
  #toReply(id: number, reply: FullReply, wants: ReplyWishes | undefined): ToMain | null {
    const expectedPosition = this.#expected.get(id);
    this.#expected.delete(id);
    if (this.#answered.delete(id)) return null;
    if (reply.kind !== 'committed' || reply.firstPosition !== expectedPosition)
      return { kind: 'reply', id, reply: withoutUnwanted(reply, wants) };
    this.#confirmed.push(id);
    this.#schedule();
    return null;
  }

  #answer<Value>(
    id: number,
    outcome: Promise<Value>,
    toMessage: (value: Value) => ToMain | null,
  ): void {
    outcome
      .then(toMessage, (error: unknown): ToMain => {
        this.#expected.delete(id);
        this.#answered.delete(id);
        return { kind: 'failure', id, error: toWireError(error) };
      })
      .then((message) => {
        this.#aborts.delete(id);
        if (message !== null) this.#say(message);
      })
      // Saying something only fails when this file is wrong; then the worker had better end than keep callers waiting.
      .catch((error: unknown) => queueMicrotask(() => throwIt(error)));
  }

  #callStore(call: {
    readonly method: Parameters<ConstructorParameters<typeof RemoteStore>[1]>[0];
    readonly params: unknown;
  }): Promise<unknown> {
    this.#calls += 1;
    const number = this.#calls;
    const commit = this.#takeAnnouncement(call.params);
    return new Promise((resolve, reject) => {
      this.#storeCalls.set(number, { resolve, reject, commit });
      if (commit === null) this.#say({ kind: 'store-call', call: number, ...call });
      else this.#sayCommit(number, commit);
    });
  }

  #announce(announcement: Announcement): undefined {
    this.#expect(announcement);
    this.#announcement = announcement;
  }

  #announceFirst(announcement: Announcement): Promise<void> {
    this.#expect(announcement);
    this.#sayCommit(0, announcement);
    return new Promise((resolve) => this.#afterFlush.push(resolve));
  }

  #expect({ calls }: Announcement): void {
    for (const { ticket, reply } of calls)
      if (reply !== null) this.#expected.set(ticket, reply.firstPosition);
  }

  /** The commit that was announced for a call to the store; null when the call is another one. */
  #takeAnnouncement(params: unknown): Announcement | null {
    const announcement = this.#announcement;
    if (announcement === null || announcement.append !== params) return null;
    this.#announcement = null;
    return announcement;
  }

  #sayCommit(call: number, announcement: Announcement): void {
    packAppend(this.#announced, { call, ...announcement });
    this.#schedule();
  }

  /** The main thread has told the callers, as far as it could. */
  #settleAppend(call: number, answer: Parameters<typeof recordedAs>[1]): void {
    const waiter = this.#storeCalls.get(call);
    this.#storeCalls.delete(call);
    if (waiter === undefined || waiter.commit === null) return;
    this.#told.commits += 1;
    for (const { ticket, reply } of waiter.commit.calls) {
      if (reply === null) continue;
      this.#told.commands += 1;
      // Not of one that failed meanwhile, of which nothing more will be said.
      if (this.#expected.has(ticket)) this.#answered.add(ticket);
    }
    waiter.resolve(recordedAs(waiter.commit.append, answer));
  }

  #settleStoreCall(answer: StoreAnswer): void {
    const waiter = this.#storeCalls.get(answer.call);
    this.#storeCalls.delete(answer.call);
    if (answer.kind === 'store-value') waiter?.resolve(answer.value);
    else waiter?.reject(fromWireError(answer.error));
  }

  #say(message: ToMain): undefined {
    this.#messages.push(message);
    this.#schedule();
  }

  /** Once a turn of the event loop, so that what was asked for together is answered together. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    const batch: WorkerBatch = {
      taken: this.#taken,
      announced: this.#announced,
      confirmed: this.#confirmed,
      messages: this.#messages,
    };
    const waiting = this.#afterFlush;
    this.#taken = 0;
    this.#announced = [];
    this.#confirmed = [];
    this.#messages = [];
    this.#afterFlush = [];
    this.#writeFigures();
    this.#task.port.postMessage(batch);
    for (const proceed of waiting) proceed();
  }

  #beat(): void {
    this.#vitals.beat(this.#lateMs());
    this.#writeFigures();
  }

  /** Without what the main thread counted itself, when it told the callers. */
  #writeFigures(): void {
    if (this.#shard === null) return;
    const stats = this.#shard.stats();
    const commits = stats.commits - this.#told.commits;
    this.#vitals.write({ ...stats, commits, commands: stats.commands - this.#told.commands });
  }
}

function throwIt(error: unknown): never {
  throw error;
}

/** Of a reply, what its caller asked for. */
function withoutUnwanted(reply: FullReply, wants: ReplyWishes = {}): CommandReply {
  const { state, systemPrompt, ...told } = reply;
  const rest: CommandReply = told.kind === 'committed' ? withoutEvents(told, wants) : told;
  const prompt = wants.systemPrompt === true ? { systemPrompt: systemPrompt ?? null } : {};
  return { ...rest, ...prompt, ...(wants.state === true ? { state } : {}) };
}

function withoutEvents({ events, ...rest }: Committed, wants: ReplyWishes): Committed {
  return wants.events === true && events !== undefined ? { ...rest, events } : rest;
}
