import type { CallOptions } from '../../src/actors/envelope.ts';
import type { WaitOptions } from '../../src/api/wait.ts';
import type { Command } from '../../src/domain/command.ts';
import type { SessionKey } from '../../src/domain/ids.ts';
import type { SessionState } from '../../src/domain/session-state.ts';
import { type Ask, type Call, type Outcome, outcomeOf, outcomeText } from './call.ts';
import {
  type MemoryAsk,
  memoryAskText,
  type MemoryCall,
  type MemoryOutcome,
  memoryOutcomeText,
} from './memory-call.ts';
import type { PlannedAsk, PlannedCall } from './plan.ts';
import type { Prng } from './prng.ts';
import type { Process } from './process.ts';
import type { Recorder } from './recorder.ts';
import type { Scheduler } from './scheduler.ts';
import { type WatchCall, watchedExecutor } from './watched-executor.ts';

/** The tenant of every simulated session. */
export const TENANT = 'sim';

/** Everything clients share. */
export interface ClientWorld {
  readonly scheduler: Scheduler;
  readonly recorder: Recorder;
  readonly prng: Prng;
  readonly processes: readonly Process[];
  /** Every finished call, in the order of the answers. */
  readonly calls: Call[];
  /** Every finished call of a memory, in the order of the answers. */
  readonly memoryCalls: MemoryCall[];
  /** The id of a page that a session has, by its share of all of them. */
  readonly pageIdAt: (sessionId: string, share: number) => string;
}

/** Longest way from a client to a process. */
const HOP_MS = 2;
/** How long a client waits when no process is up. */
const NOBODY_MS = 10;

/** One user: sends its calls in order, each to any process that is up, and writes down what it was told. */
export class Client {
  readonly #name: string;
  readonly #world: ClientWorld;
  readonly #plan: readonly PlannedCall[];
  #next = 0;
  #open = 0;

  constructor(name: string, plan: readonly PlannedCall[], world: ClientWorld) {
    this.#name = name;
    this.#plan = plan;
    this.#world = world;
  }

  get isDone(): boolean {
    return this.#open === 0 && this.#next >= this.#plan.length;
  }

  /** Begins with the first call. */
  start(): void {
    this.#sendNext();
  }

  /** One call more, of no plan, to a certain process. */
  ask(
    process: Process,
    tag: string,
    params: { readonly sessionId: string; readonly ask: Ask },
  ): void {
    const key = { tenant: TENANT, sessionId: params.sessionId };
    this.#open += 1;
    this.#call(process, { tag, key, ask: params.ask, options: null }, () => (this.#open -= 1));
  }

  /** As {@link ask} of the memory of a session. */
  askMemory(
    process: Process,
    tag: string,
    params: { readonly sessionId: string; readonly ask: MemoryAsk },
  ): void {
    const key = { tenant: TENANT, sessionId: params.sessionId };
    this.#open += 1;
    const sent = { tag, key, ask: params.ask, options: null };
    this.#callMemory(process, sent, () => (this.#open -= 1));
  }

  #sendNext(): void {
    const first = this.#plan[this.#next];
    if (first === undefined) return;
    this.#world.scheduler.after(first.thinkMs, () => {
      const { prng, processes } = this.#world;
      const alive = processes.filter((process) => process.isAlive);
      if (alive.length === 0) {
        this.#world.scheduler.after(NOBODY_MS, () => this.#sendNext());
        return;
      }
      const process = prng.pick(alive);
      const burst = this.#takeBurst();
      this.#open += burst.length;
      for (const planned of burst) this.#attempt(process, planned, 1);
      if (this.#open === 0) this.#sendNext();
    });
  }

  #takeBurst(): readonly PlannedCall[] {
    const from = this.#next;
    this.#next += 1;
    while (this.#plan[this.#next]?.isBurst === true) this.#next += 1;
    return this.#plan.slice(from, this.#next);
  }

  #attempt(process: Process, planned: PlannedCall, attempt: number): void {
    const tag = `${planned.id}.${attempt}`;
    const key = { tenant: TENANT, sessionId: planned.sessionId };
    const options = planned.patienceMs === null ? null : planned;
    const { ask: wish } = planned;
    if (wish.type === 'memory') {
      const ask = wish.ask(tag, this.#world.pageIdAt(planned.sessionId, wish.share));
      this.#callMemory(process, { tag, key, ask, options }, () => this.#end());
      return;
    }
    const ask = this.#askOf(wish, tag);
    this.#call(process, { tag, key, ask, options }, (outcome) => {
      const other = this.#world.processes.filter(
        (candidate) => candidate.isAlive && candidate !== process,
      );
      if (outcome.kind === 'unknown' && attempt <= planned.repeats && other.length > 0) {
        this.#attempt(this.#world.prng.pick(other), planned, attempt + 1);
        return;
      }
      this.#end();
    });
  }

  #end(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#sendNext();
  }

  #askOf(ask: Exclude<PlannedAsk, { readonly type: 'memory' }>, tag: string): Ask {
    if (ask.type === 'command') return { type: 'command', command: ask.command(tag) };
    if (ask.type !== 'fork') return ask;
    const known = this.#knownState(ask.origin);
    if (known === null) return { type: 'read', freshness: 'local' };
    const position = 1 + Math.floor(ask.share * known.version);
    return { type: 'command', command: forkCommand({ tag, origin: known, position }) };
  }

  /** What a session is for certain; null when nothing is known of it. */
  #knownState(sessionId: string): SessionState | null {
    let known: SessionState | null = null;
    for (const { key, outcome } of this.#world.calls) {
      if (key.sessionId !== sessionId || outcome.kind !== 'replied') continue;
      const { state } = outcome.reply;
      if (known === null || state.version > known.version) known = state;
    }
    return known;
  }

  #call(
    process: Process,
    sent: {
      readonly tag: string;
      readonly key: SessionKey;
      readonly ask: Ask;
      readonly options: PlannedCall | null;
    },
    onEnd: (outcome: Outcome) => void,
  ): void {
    const { scheduler, recorder, prng, calls } = this.#world;
    const { tag, key, ask } = sent;
    const { host } = process;
    const begunStamp = recorder.stamp();
    recorder.note(scheduler.nowMs, `${tag} -> ${host} ${key.sessionId} ${askText(ask)}`);
    let isOpen = true;
    const end = (outcome: Outcome): void => {
      if (!isOpen) return;
      isOpen = false;
      stopMourning();
      recorder.note(scheduler.nowMs, `${tag} <- ${host} ${key.sessionId} ${outcomeText(outcome)}`);
      const endedStamp = recorder.stamp();
      calls.push({ tag, client: this.#name, host, key, ask, begunStamp, endedStamp, outcome });
      onEnd(outcome);
    };
    const stopMourning = process.onDeath(() => end({ kind: 'unknown' }));
    const arrive = (): void => {
      const options = this.#optionsOf(sent.options);
      perform(process, { key, ask, options }).then(end, (error: unknown) => end(outcomeOf(error)));
    };
    scheduler.after(prng.between(0, HOP_MS), arrive, process.owner);
  }

  #callMemory(
    process: Process,
    sent: {
      readonly tag: string;
      readonly key: SessionKey;
      readonly ask: MemoryAsk;
      readonly options: PlannedCall | null;
    },
    onEnd: () => void,
  ): void {
    const { scheduler, recorder, prng, memoryCalls } = this.#world;
    const { tag, key, ask } = sent;
    const { host } = process;
    const begunStamp = recorder.stamp();
    const commands: Call[] = [];
    const where = `${host} ${key.sessionId}`;
    recorder.note(scheduler.nowMs, `${tag} -> ${where} ${memoryAskText(ask)}`);
    let isOpen = true;
    const end = (outcome: MemoryOutcome): void => {
      if (!isOpen) return;
      isOpen = false;
      stopMourning();
      recorder.note(scheduler.nowMs, `${tag} <- ${where} ${memoryOutcomeText(outcome)}`);
      const endedStamp = recorder.stamp();
      memoryCalls.push({ tag, host, key, ask, begunStamp, endedStamp, outcome, commands });
      onEnd();
    };
    const stopMourning = process.onDeath(() => end({ kind: 'unknown' }));
    const watch = this.#watch(process, { tag, commands });
    const arrive = (): void => {
      const wait = this.#waitOf(sent.options);
      process
        .requireMemories()
        .perform(key, { ask, wait }, (executor) => watchedExecutor(executor, watch))
        .then(
          (answer) => end({ kind: 'answered', answer }),
          (error: unknown) => end(outcomeOf(error)),
        );
    };
    scheduler.after(prng.between(0, HOP_MS), arrive, process.owner);
  }

  /** Writes down what a call of a memory asks the session for. */
  #watch(process: Process, of: { readonly tag: string; readonly commands: Call[] }): WatchCall {
    const { scheduler, recorder, calls } = this.#world;
    const { host } = process;
    const { commands } = of;
    let count = 0;
    return ({ key, ask }, call) => {
      const where = `${host} ${key.sessionId}`;
      const tag = `${of.tag}/${(count += 1)}`;
      recorder.note(scheduler.nowMs, `${tag} -> ${where} ${askText(ask)}`);
      const begunStamp = recorder.stamp();
      let isOpen = true;
      const end = (outcome: Outcome): void => {
        if (!isOpen) return;
        isOpen = false;
        stopMourning();
        recorder.note(scheduler.nowMs, `${tag} <- ${where} ${outcomeText(outcome)}`);
        const endedStamp = recorder.stamp();
        const client = this.#name;
        const made: Call = { tag, client, host, key, ask, begunStamp, endedStamp, outcome };
        calls.push(made);
        if (ask.type === 'command') commands.push(made);
      };
      const stopMourning = process.onDeath(() => end({ kind: 'unknown' }));
      return call.run().then(
        (value) => {
          end(call.outcomeOf(value));
          return value;
        },
        (error: unknown) => {
          end(outcomeOf(error));
          throw error;
        },
      );
    };
  }

  #waitOf(planned: PlannedCall | null): WaitOptions {
    if (planned === null || planned.patienceMs === null) return {};
    const { signal } = this.#optionsOf(planned);
    return signal === undefined ? { timeoutMs: planned.patienceMs } : { signal };
  }

  #optionsOf(planned: PlannedCall | null): CallOptions {
    if (planned === null || planned.patienceMs === null) return {};
    const { scheduler } = this.#world;
    if (planned.givesUpBy === 'deadline')
      return { deadlineMs: scheduler.nowMs + planned.patienceMs };
    const controller = new AbortController();
    scheduler.after(planned.patienceMs, () => controller.abort());
    return { signal: controller.signal };
  }
}

async function perform(
  process: Process,
  params: { readonly key: SessionKey; readonly ask: Ask; readonly options: CallOptions },
): Promise<Outcome> {
  const { key, ask, options } = params;
  const { shard, store } = process;
  switch (ask.type) {
    case 'command':
      return {
        kind: 'replied',
        reply: await shard.execute({ key, command: ask.command, options }),
      };
    case 'read':
      return {
        kind: 'read',
        state: await shard.readState({ key, freshness: ask.freshness, options }),
      };
    case 'remove': {
      const wasThere = await store.remove({ key });
      shard.forget(key);
      return { kind: 'removed', wasThere };
    }
  }
}

function forkCommand(params: {
  readonly tag: string;
  readonly origin: SessionState;
  readonly position: number;
}): Command {
  const { tag, origin, position } = params;
  return {
    type: 'create',
    session: {
      parentId: origin.sessionId,
      fork: { sessionId: origin.sessionId, lifeId: origin.lifeId, position },
      properties: { createdBy: tag },
      systemPrompt: null,
      model: 'sim-1',
    },
  };
}

function askText(ask: Ask): string {
  if (ask.type === 'read') return `${ask.freshness} read`;
  if (ask.type === 'remove') return 'remove';
  const { command } = ask;
  const key = command.type === 'record-event' ? (command.idempotencyKey ?? '') : '';
  return `${command.type} ${key}`.trim();
}
