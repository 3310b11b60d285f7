import type { CommandReply, Executor } from '../../src/actors/envelope.ts';
import type { Command } from '../../src/domain/command.ts';
import { PagefoldError } from '../../src/domain/errors.ts';
import type { ErrorCode } from '../../src/domain/error-codes.ts';
import type { LogEvent } from '../../src/domain/log-event.ts';
import type { HistoryEntry } from '../../src/domain/recorded-event.ts';
import type { SessionState } from '../../src/domain/session-state.ts';
import type { LogMemory } from '../../src/memory/manager/log-memory.ts';
import {
  type MemoryRequest,
  ResidentMemories,
  type ResidentMemory,
  type ResidentParts,
} from '../../src/runtime/resident-memories.ts';
import type { MemorySeams } from './memory-host.ts';
import type { Mutant } from './mutants.ts';

type Execute = Executor['execute'];
type ChangeMemory = Extract<Command, { readonly type: 'change-memory' }>;

/** Whoever changes a memory says that nobody else did, whether that is so or not. */
const unguardedChange: MemorySeams = {
  executor: (executor) =>
    withChange(executor, async (params, command) => {
      const { key } = params;
      const state = await executor.readState({ key, freshness: 'fresh' });
      const basisRevision = state?.memoryRevision ?? 0;
      return executor.execute({ ...params, command: { ...command, basisRevision } });
    }),
};

/** A change that somebody else was faster than is taken for made. */
const droppedOnConflict: MemorySeams = {
  executor: (executor) =>
    withChange(executor, async (params) => {
      try {
        return await executor.execute(params);
      } catch (error) {
        const state = await executor.readState({ key: params.key, freshness: 'fresh' });
        if (!hasCode(error, 'SESSION_CONFLICT') || state === null) throw error;
        return unchanged(state);
      }
    }),
};

/** A change of which nobody knows whether it was recorded is decided again. */
const repeatedInDoubt: MemorySeams = {
  executor: (executor) =>
    withChange(executor, async (params, command) => {
      try {
        return await executor.execute(params);
      } catch (error) {
        const state = await executor.readState({ key: params.key, freshness: 'fresh' });
        if (!hasCode(error, 'UNKNOWN_OUTCOME') || state === null) throw error;
        const again = { ...command, basisRevision: state.memoryRevision };
        return executor.execute({ key: params.key, command: again });
      }
    }),
};

/** What a model asked for in vain is told, and not counted. */
const uncountedFailures: MemorySeams = {
  executor: (executor) =>
    withChange(executor, async (params, command) => {
      if (command.changes.some(({ kind }) => kind !== 'fault-failed'))
        return executor.execute(params);
      const state = await executor.readState({ key: params.key, freshness: 'fresh' });
      return state === null ? executor.execute(params) : unchanged(state);
    }),
};

/** A memory that stays hears nothing of what others changed in it. */
const deafMemory: MemorySeams = {
  memories: (parts) =>
    new HearingMemories(parts, (event, memory) =>
      memory.position > 0 && event.type === 'memory-changed' ? silence(event) : event,
    ),
};

/** A memory that stays does not hear every message. */
const forgetfulMemory: MemorySeams = {
  memories: (parts) =>
    new HearingMemories(parts, (event, memory) =>
      memory.position > 0 && event.type === 'event-recorded' ? silence(event) : event,
    ),
};

/** A memory that is made anew knows of no pin. */
const lostPins: MemorySeams = {
  memories: (parts) =>
    new HearingMemories(parts, (event, memory) => {
      if (memory.position > 0 || event.type !== 'memory-changed') return event;
      return { ...event, changes: event.changes.filter(({ kind }) => kind !== 'pinned') };
    }),
};

/** A memory goes on from its place in the log although the store lost what was there. */
const memoryOfLostHistory: MemorySeams = {
  memories: (parts) => {
    const { store } = parts;
    return new ResidentMemories({
      ...parts,
      store: {
        ...store,
        load: async (params) => {
          const { key, known } = params;
          const loaded = await store.load(params);
          if (loaded.kind !== 'regressed' || known === undefined) return loaded;
          const present = await store.load({ key });
          if (present.kind !== 'found') return present;
          const firstPosition = known.version + 1;
          const page = await store.read({ key, fromPosition: firstPosition, limit: 100 });
          const tail = { firstPosition, records: page?.records ?? [], isComplete: true };
          return { ...present, snapshot: null, tail };
        },
      },
    });
  },
};

/** Another session that took the id of one is taken for it. */
const memoryOfFormerLife: MemorySeams = {
  memories: (parts) => new FaithfulMemories(parts),
};

/** Every deliberate fault in the memory of sessions. */
export const MEMORY_MUTANTS: readonly Mutant[] = [
  { name: 'changes a memory without a guard', seams: { memory: unguardedChange } },
  { name: 'drops a change that met a conflict', seams: { memory: droppedOnConflict } },
  { name: 'records a change again when in doubt', seams: { memory: repeatedInDoubt } },
  { name: 'does not count what failed', seams: { memory: uncountedFailures } },
  { name: 'does not hear what others changed', seams: { memory: deafMemory } },
  { name: 'does not hear every message', seams: { memory: forgetfulMemory } },
  { name: 'loses pins on restart', seams: { memory: lostPins } },
  { name: 'remembers lost history', seams: { memory: memoryOfLostHistory } },
  { name: 'remembers a former life', seams: { memory: memoryOfFormerLife } },
];

function withChange(
  executor: Executor,
  change: (params: Parameters<Execute>[0], command: ChangeMemory) => ReturnType<Execute>,
): Executor {
  return {
    execute: (params) => {
      const { command } = params;
      return command.type === 'change-memory' ? change(params, command) : executor.execute(params);
    },
    readState: (params) => executor.readState(params),
    reserve: (params) => executor.reserve(params),
    forget: (key) => executor.forget(key),
    forgetTenant: (tenant) => executor.forgetTenant(tenant),
    stats: () => executor.stats(),
    whenIdle: () => executor.whenIdle(),
    close: (params) => executor.close(params),
  };
}

/** Memories that take in something else than what the log says. */
class HearingMemories extends ResidentMemories {
  readonly #hear: (event: LogEvent, memory: LogMemory) => LogEvent;

  constructor(parts: ResidentParts, hear: (event: LogEvent, memory: LogMemory) => LogEvent) {
    super(parts);
    this.#hear = hear;
  }

  override use<T>(
    request: MemoryRequest,
    task: (resident: ResidentMemory) => Promise<T>,
  ): Promise<T> {
    return super.use(request, (resident) => {
      const { memory } = resident;
      const absorb = Object.getPrototypeOf(memory) as LogMemory; // the methods of its class
      memory.absorb = (entries: readonly HistoryEntry[]): Promise<void> => {
        const heard = entries.map(({ event, position }) => {
          return { event: this.#hear(event, memory), position };
        });
        return absorb.absorb.call(memory, heard);
      };
      return task(resident);
    });
  }
}

/** Memories that stay with the first session that they met under an id. */
class FaithfulMemories extends ResidentMemories {
  readonly #lives = new Map<string, string>();

  override use<T>(
    request: MemoryRequest,
    task: (resident: ResidentMemory) => Promise<T>,
  ): Promise<T> {
    const { sessionId } = request.key;
    const lifeId = this.#lives.get(sessionId) ?? request.lifeId;
    this.#lives.set(sessionId, lifeId);
    return super.use({ ...request, lifeId }, task);
  }
}

/** An event that no memory takes notice of. */
function silence({ atMs }: LogEvent): LogEvent {
  return { type: 'values-changed', atMs, change: { set: {}, remove: [] } };
}

function hasCode(error: unknown, code: ErrorCode): boolean {
  return PagefoldError.isInstance(error) && error.code === code;
}

function unchanged(state: SessionState): CommandReply {
  const { lifeId, fork } = state;
  return { kind: 'unchanged', lifeId, fork, state };
}
