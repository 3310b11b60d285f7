import type { Call } from './call.ts';
import { pageOfEvent } from '../../src/memory/manager/session-page.ts';
import { Client, type ClientWorld } from './client.ts';
import type { MemoryCall } from './memory-call.ts';
import { drawMemoryCalls } from './memory-plan.ts';
import { drawMemoryProfile, type MemoryProfile } from './memory-profile.ts';
import { Network, NO_FAULTS } from './network.ts';
import { drawCalls, type PlannedCall } from './plan.ts';
import { Prng } from './prng.ts';
import { Process, type ProcessWorld, type Seams } from './process.ts';
import { drawProfile, type Profile } from './profile.ts';
import { Recorder } from './recorder.ts';
import { Scheduler } from './scheduler.ts';
import { Server } from './server.ts';
import { eventOf } from './truth.ts';

/** What to simulate. */
export interface SimulationParams {
  readonly seed: number;
  /** Faulty parts in place of sound ones. */
  readonly seams?: Seams;
  /** Leaves calls out, by the id of their plan; for finding out which ones a failure needs. */
  readonly without?: ReadonlySet<string>;
}

/** Everything that is known after a simulation. */
export interface Run {
  readonly profile: Profile;
  /** Null where memories took no part. */
  readonly memory: MemoryProfile | null;
  readonly plan: readonly PlannedCall[];
  /** In the order of the answers. */
  readonly calls: readonly Call[];
  /** Calls of memories, in the order of the answers. */
  readonly memoryCalls: readonly MemoryCall[];
  readonly server: Server;
  readonly recorder: Recorder;
  /** Calls begun after this one were made when nothing was under way any more. */
  readonly lastStamp: number;
  readonly events: number;
  readonly complaints: readonly string[];
}

/** More than this many events mean that something never ends. */
const MAX_EVENTS = 200_000;
/** Time in which crashes, holds and losses fall. */
const TROUBLE_MS = 300;
/** Longest time a process is held up, and longest until a dead one is replaced. */
const MAX_HOLD_MS = 300;
/** Longer than any call to the store may take with its retries, so that nothing is under way afterwards. */
const CALM_MS = 1000;

/** Plays one seed to its end. */
export function simulate(params: SimulationParams): Promise<Run> {
  return new Simulation(params).play();
}

class Simulation {
  readonly #prng: Prng;
  readonly #profile: Profile;
  readonly #memory: MemoryProfile | null;
  readonly #scheduler: Scheduler;
  readonly #recorder = new Recorder();
  readonly #network: Network;
  readonly #server: Server;
  readonly #processes: readonly Process[];
  readonly #clients: readonly Client[];
  readonly #auditor: Client;
  readonly #plan: readonly PlannedCall[];
  readonly #calls: Call[] = [];
  readonly #memoryCalls: MemoryCall[] = [];
  readonly #complaints: string[] = [];
  #isCalm = false;

  constructor({ seed, seams = {}, without = new Set() }: SimulationParams) {
    const prng = new Prng(seed);
    this.#prng = prng;
    this.#profile = drawProfile(prng.split());
    this.#memory = drawMemoryProfile(seed);
    this.#scheduler = new Scheduler(prng.split());
    this.#network = new Network(this.#scheduler, prng.split(), this.#profile.faults);
    this.#server = new Server({
      scheduler: this.#scheduler,
      recorder: this.#recorder,
      pageRecords: this.#profile.pageRecords,
    });
    this.#processes = this.#startProcesses(seams);
    const world: ClientWorld = {
      scheduler: this.#scheduler,
      recorder: this.#recorder,
      prng: prng.split(),
      processes: this.#processes,
      calls: this.#calls,
      memoryCalls: this.#memoryCalls,
      pageIdAt: (sessionId, share) => this.#pageIdAt(sessionId, share),
    };
    const plans = this.#drawPlans().map((plan) => plan.filter(({ id }) => !without.has(id)));
    this.#plan = plans.flat();
    this.#clients = plans.map((plan, index) => new Client(`c${index}`, plan, world));
    this.#auditor = new Client('auditor', [], world);
  }

  #drawPlans(): readonly (readonly PlannedCall[])[] {
    const memory = this.#memory;
    const plans = Array.from({ length: this.#profile.clients }, (_, index) =>
      drawCalls(this.#prng.split(), this.#profile, index),
    );
    if (memory === null) return plans;
    const others = Array.from({ length: memory.clients }, (_, index) =>
      drawMemoryCalls(memory, this.#profile, index),
    );
    return [...plans, ...others];
  }

  /** The id of a page of what was said in a session so far. */
  #pageIdAt(sessionId: string, share: number): string {
    const timeline = this.#server.timelines.find(({ key }) => key.sessionId === sessionId);
    const said = (timeline?.surviving() ?? []).filter(
      ({ record }) => record?.includes('"event-recorded"') === true,
    );
    const moment = said[Math.floor(share * said.length)];
    const event = eventOf(moment?.record ?? '{}');
    const isSaid = moment !== undefined && event.type === 'event-recorded';
    return (isSaid ? pageOfEvent(event.event, moment.version)?.pageId : null) ?? 'msg_1';
  }

  async play(): Promise<Run> {
    this.#scheduleTrouble();
    for (const client of this.#clients) client.start();
    const isDone = await this.#until(() => this.#clients.every((client) => client.isDone));
    if (!isDone) this.#complaints.push('calls were never answered');
    const lastStamp = await this.#audit();
    return {
      profile: this.#profile,
      memory: this.#memory,
      plan: this.#plan,
      calls: this.#calls,
      memoryCalls: this.#memoryCalls,
      server: this.#server,
      recorder: this.#recorder,
      lastStamp,
      events: this.#scheduler.fired,
      complaints: this.#complaints,
    };
  }

  /** When all is quiet, every process is asked for every session; the stamp before the last round. */
  async #audit(): Promise<number> {
    this.#isCalm = true;
    this.#network.setFaults(NO_FAULTS);
    for (const process of this.#processes) process.restart();
    const calmAtMs = this.#scheduler.nowMs + CALM_MS;
    const wake = this.#scheduler.after(CALM_MS, () => undefined);
    await this.#until(() => this.#network.underway === 0 && this.#scheduler.nowMs >= calmAtMs);
    wake.cancel();
    // Whoever holds lost history says so once and then starts from what is there.
    await this.#askEverybody('first');
    const lastStamp = this.#recorder.stamp();
    await this.#askEverybody('last');
    if (this.#memory !== null) {
      // As before: who is told of a loss starts anew.
      await this.#inspectMemories('first');
      await this.#inspectMemories('last');
    }
    return lastStamp;
  }

  async #inspectMemories(round: string): Promise<void> {
    for (const process of this.#processes) {
      for (const sessionId of this.#profile.sessions) {
        const tag = `${round}.${process.name}.${sessionId}.memory`;
        this.#auditor.askMemory(process, tag, { sessionId, ask: { type: 'inspect' } });
      }
    }
    const isAnswered = await this.#until(() => this.#auditor.isDone);
    if (!isAnswered) this.#complaints.push(`the ${round} inspections were never answered`);
  }

  async #askEverybody(round: string): Promise<void> {
    for (const process of this.#processes) {
      for (const sessionId of this.#profile.sessions) {
        const tag = `${round}.${process.name}.${sessionId}`;
        this.#auditor.ask(process, tag, { sessionId, ask: { type: 'read', freshness: 'fresh' } });
      }
    }
    const isAnswered = await this.#until(() => this.#auditor.isDone);
    if (!isAnswered) this.#complaints.push(`the ${round} reads were never answered`);
  }

  #until(isDone: () => boolean): Promise<boolean> {
    return this.#scheduler.run(isDone, MAX_EVENTS);
  }

  #startProcesses(seams: Seams): readonly Process[] {
    const observed = seams.server?.(this.#server.store) ?? this.#server.store;
    const world: ProcessWorld = {
      scheduler: this.#scheduler,
      network: this.#network,
      prng: this.#prng.split(),
      limits: this.#profile.limits,
      memory: this.#memory,
      seams,
      server: () => observed,
      complain: (text) => this.#complaints.push(text),
    };
    return Array.from(
      { length: this.#profile.processes },
      (_, index) => new Process(`p${index}`, world),
    );
  }

  #scheduleTrouble(): void {
    const { crashes, holds, losses } = this.#profile;
    const prng = this.#prng.split();
    for (let count = 0; count < crashes; count += 1) this.#sometime(prng, () => this.#crash(prng));
    for (let count = 0; count < holds; count += 1) this.#sometime(prng, () => this.#hold(prng));
    for (let count = 0; count < losses; count += 1) {
      this.#sometime(prng, () => {
        const moves = prng.between(1, 6);
        this.#server.lose(moves).catch((error: unknown) => this.#complaints.push(String(error)));
      });
    }
  }

  #sometime(prng: Prng, task: () => void): void {
    this.#scheduler.after(prng.between(0, TROUBLE_MS), () => {
      if (!this.#isCalm) task();
    });
  }

  #crash(prng: Prng): void {
    const process = prng.pick(this.#processes);
    if (!process.isAlive) return;
    this.#recorder.note(this.#scheduler.nowMs, `${process.host} dies`);
    process.crash();
    this.#scheduler.after(prng.between(1, MAX_HOLD_MS), () => process.restart());
  }

  #hold(prng: Prng): void {
    const process = prng.pick(this.#processes);
    const forMs = prng.between(1, MAX_HOLD_MS);
    this.#recorder.note(this.#scheduler.nowMs, `${process.host} is held for ${forMs} ms`);
    process.hold(forMs);
  }
}
