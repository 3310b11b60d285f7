import type { Committed } from '../actors/envelope.ts';
import { PagefoldError } from '../domain/errors.ts';
import type { MemoryChange } from '../domain/memory-change.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { LogMemory } from '../memory/manager/log-memory.ts';
import { isOuterFailure, type ResidentMemory } from '../runtime/resident-memories.ts';
import { type CallWait, runAbandonable, type Steps } from './abandonable.ts';
import type { SessionHandle } from './session-handle.ts';
import { callOptions, type WaitOptions } from './wait.ts';

/** Times a change is tried when others change the memory of the session meanwhile. */
const MAX_ROUNDS = 16;

/** What was decided on a memory: an answer for the caller, and what has to be recorded for it. */
export interface MemoryDecision<T> {
  readonly result: T;
  readonly changes: readonly MemoryChange[];
  /** Looks at a memory right before its changes are made, and gives what tells the answer once they are. */
  readonly watch?: ((memory: LogMemory) => () => T) | undefined;
}

/** What was decided, and where the changes were recorded; null when there were none. */
export interface RecordedDecision<T> {
  readonly result: T;
  readonly position: number | null;
}

type Decide<T> = (resident: ResidentMemory, state: SessionState) => Promise<MemoryDecision<T>>;
/** The memory of a session as its log says: followed before it is read, and changed only by what was recorded. */
export class MemoryAccess {
  readonly #handle: SessionHandle;

  constructor(handle: SessionHandle) {
    this.#handle = handle;
  }

  /** Reads the memory as it is after everything that was recorded. */
  async read<T>(read: (resident: ResidentMemory) => T, wait: WaitOptions = {}): Promise<T> {
    const call = this.waitOf(wait);
    return runAbandonable(call, async (steps) => {
      const state = await this.#requireState(call);
      return this.#use(state, this.#handle.model, async (resident) => {
        steps.assertWanted();
        await resident.log.follow(state);
        return read(resident);
      });
    });
  }

  /** Decides changes on the newest memory, records them, and makes them; again when somebody else was faster. */
  async change<T>(
    model: string,
    decide: Decide<T>,
    wait: WaitOptions = {},
  ): Promise<RecordedDecision<T>> {
    const call = this.waitOf(wait);
    return runAbandonable(call, async (steps) => {
      for (let round = 1; ; round += 1) {
        try {
          // In order: each try starts from what the memory is by then.
          return await this.#tryChange(model, decide, { call, steps });
        } catch (error) {
          const isConflict = PagefoldError.isInstance(error) && error.code === 'SESSION_CONFLICT';
          if (!isConflict || round === MAX_ROUNDS) throw error;
        }
      }
    });
  }

  /** Runs a task on the memory as it was at a position. */
  async replay<T>(
    at: { readonly model: string; readonly position: number; readonly wait: WaitOptions },
    task: (resident: ResidentMemory) => Promise<T>,
  ): Promise<T> {
    const { runtime, key, options } = this.#handle;
    const call = this.waitOf(at.wait);
    return runAbandonable(call, async (steps) => {
      const { lifeId } = await this.#requireState(call);
      steps.assertWanted();
      const request = { key, lifeId, model: at.model, options: options.memory };
      return runtime.operation(() => runtime.memories.replay(request, at.position, task));
    });
  }

  /** The state of the session; where it is gone, because it expired or another process removed it, its memory goes as well. */
  async #requireState(call: CallWait): Promise<SessionState> {
    try {
      return await this.#handle.requireState(call.options);
    } catch (error) {
      const isGone = PagefoldError.isInstance(error) && error.code === 'SESSION_NOT_FOUND';
      if (isGone) this.#handle.runtime.memories.forget(this.#handle.key);
      throw error;
    }
  }

  /** The wait of a call that begins now. */
  waitOf(wait: WaitOptions): CallWait {
    const { clock } = this.#handle.runtime;
    return { options: callOptions(wait, clock), clock };
  }

  async #tryChange<T>(
    model: string,
    decide: Decide<T>,
    { call, steps }: { readonly call: CallWait; readonly steps: Steps },
  ): Promise<RecordedDecision<T>> {
    const state = await this.#requireState(call);
    return this.#use(state, model, async (resident) => {
      steps.assertWanted();
      await resident.log.follow(state);
      const decision = await decide(resident, state);
      const { changes, result } = decision;
      if (changes.length === 0) return { result, position: null };
      const basisRevision = resident.memory.revision;
      const command = { type: 'change-memory', changes, basisRevision } as const;
      const wants = { state: decision.watch !== undefined };
      const options = { ...call.options, wants };
      const reply = await steps.record(() => this.#handle.executeExisting(command, options));
      if (reply.kind !== 'committed') return { result, position: null };
      const told = await this.#conclude(resident, reply, decision);
      return { result: told, position: positionOf(reply) };
    });
  }

  /**
   * Tells what came of changes that were recorded, where that is to be looked at; else the next call takes them in, when it looks
   * for what else was recorded.
   */
  async #conclude<T>(
    resident: ResidentMemory,
    reply: Committed,
    { result, watch }: MemoryDecision<T>,
  ): Promise<T> {
    const { state } = reply;
    if (watch === undefined || state === undefined) return result;
    const { memory, log } = resident;
    const position = positionOf(reply);
    try {
      await log.fetch(state);
      await log.advance(position - 1);
      if (memory.position !== position - 1) return result;
      const tell = watch(memory);
      await log.advance(position);
      return tell();
    } catch (error) {
      // What is recorded is recorded, whatever comes after it.
      if (!isOuterFailure(error)) resident.retire();
      return result;
    }
  }

  #use<T>(
    { lifeId }: SessionState,
    model: string,
    task: (resident: ResidentMemory) => Promise<T>,
  ): Promise<T> {
    const { runtime, key } = this.#handle;
    const options = this.#handle.options.memory;
    return runtime.operation(() => runtime.memories.use({ key, lifeId, model, options }, task));
  }
}

/** Where the change is; what the manager's options brought comes before it. */
function positionOf({ length, firstPosition }: Committed): number {
  return firstPosition + length - 1;
}
