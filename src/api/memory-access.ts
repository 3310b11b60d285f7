import { PagefoldError } from '../domain/errors.ts';
import type { MemoryChange } from '../domain/memory-change.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { ResidentMemory } from '../runtime/resident-memories.ts';
import { readLog } from '../store/log-reader.ts';
import type { SessionHandle } from './session-handle.ts';

/** Times a change is tried when others change the memory of the session meanwhile. */
const MAX_ROUNDS = 16;

/** What was decided on a memory: an answer for the caller, and what has to be recorded for it. */
export interface MemoryDecision<T> {
  readonly result: T;
  readonly changes: readonly MemoryChange[];
}

/** What was decided, and where the changes were recorded; null when there were none. */
export interface RecordedDecision<T> {
  readonly result: T;
  readonly position: number | null;
}

/** The memory of a session as its log says: followed before it is read, and changed only by what was recorded. */
export class MemoryAccess {
  readonly #handle: SessionHandle;

  constructor(handle: SessionHandle) {
    this.#handle = handle;
  }

  /** Reads the memory as it is after everything that was recorded. */
  async read<T>(read: (resident: ResidentMemory) => T): Promise<T> {
    const state = await this.#handle.requireState();
    return this.#use(state, this.#handle.model, async (resident) => {
      await this.#follow(resident, state);
      return read(resident);
    });
  }

  /** Decides changes on the newest memory, records them, and makes them; again when somebody else was faster. */
  async change<T>(
    model: string,
    decide: (resident: ResidentMemory, state: SessionState) => Promise<MemoryDecision<T>>,
  ): Promise<RecordedDecision<T>> {
    for (let round = 1; ; round += 1) {
      // In order: each try starts from what the memory is by then.
      const state = await this.#handle.requireState();
      try {
        return await this.#use(state, model, async (resident) => {
          await this.#follow(resident, state);
          const { result, changes } = await decide(resident, state);
          const position = changes.length > 0 ? await this.#record(resident, changes) : null;
          return { result, position };
        });
      } catch (error) {
        const isConflict = PagefoldError.isInstance(error) && error.code === 'SESSION_CONFLICT';
        if (!isConflict || round === MAX_ROUNDS) throw error;
      }
    }
  }

  /** Runs a task on the memory as it was at a position. */
  async replay<T>(
    { model, position }: { readonly model: string; readonly position: number },
    task: (resident: ResidentMemory) => Promise<T>,
  ): Promise<T> {
    const { runtime, key, options } = this.#handle;
    const { lifeId } = await this.#handle.requireState();
    const request = { key, lifeId, model, options: options.memory };
    return runtime.operation(() => runtime.memories.replay(request, position, task));
  }

  /** The position of the record. */
  async #record(
    { memory }: ResidentMemory,
    changes: readonly MemoryChange[],
  ): Promise<number | null> {
    const basisRevision = memory.revision;
    const command = { type: 'change-memory', changes, basisRevision } as const;
    const reply = await this.#handle.executeExisting(command);
    if (reply.kind !== 'committed') return null;
    // With something recorded in between, the next reader of the log finds both in their order.
    if (reply.firstPosition !== memory.position + 1) return reply.firstPosition;
    await memory.absorb(
      reply.events.map((event, index) => ({ event, position: reply.firstPosition + index })),
    );
    await memory.settle();
    return reply.firstPosition;
  }

  /** Brings a memory up to a state of its session. */
  async #follow({ memory }: ResidentMemory, { version, lifeId }: SessionState): Promise<void> {
    if (memory.position >= version) return;
    const { store } = this.#handle.runtime;
    const range = { fromPosition: memory.position + 1, toPosition: version };
    for await (const page of readLog(store, { key: this.#handle.key, lifeId, ...range })) {
      await memory.absorb(page);
    }
    await memory.settle();
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
