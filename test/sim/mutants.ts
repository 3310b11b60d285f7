import { SessionManagerError, StorageError } from '../../src/domain/errors.ts';
import type { AppendParams, AppendResult, Store } from '../../src/store/store.ts';
import type { Seams } from './process.ts';

/** A library with one deliberate fault, built around the real parts; a check that does not find it checks nothing. */
export interface Mutant {
  readonly name: string;
  readonly seams: Seams;
}

const NO_TAIL = { records: [], isComplete: true } as const;

/** Tells the actor that its records are in the log as soon as they are sent. */
const ackBeforeCommit: Mutant = {
  name: 'acknowledges before the commit',
  seams: {
    client: (store) => ({
      ...store,
      append: async (params) => {
        const result = store.append(params);
        if (params.known === null) return result;
        // What becomes of it is exactly what this mutant does not wait for.
        result.catch(() => undefined);
        const version = params.known.version + params.records.length;
        const firstPosition = params.known.version + 1;
        const tail = { firstPosition, ...NO_TAIL };
        const point = { ...params.known, version };
        return { kind: 'ok', point, firstPosition, tail, expiresAtMs: null };
      },
    }),
  },
};

/** Every copy of a write is a new write to the store. */
const newOperationPerRetry: Mutant = {
  name: 'numbers every retry anew',
  seams: {
    client: (store) => {
      let copies = 0;
      return {
        ...store,
        append: (params) => {
          copies += 1;
          const write = { ...params.write, operation: params.write.operation * 1000 + copies };
          return store.append({ ...params, write });
        },
      };
    },
  },
};

/** Leaves out what others recorded before the own records. */
const ignoredTail: Mutant = {
  name: 'ignores the tail of a commit',
  seams: { client: (store) => withAppendResult(store, (result) => withoutTail(result, 'ok')) },
};

/** Lays what others recorded over the state without looking at the positions. */
const blindTail: Mutant = {
  name: 'applies a tail without looking at its positions',
  seams: {
    client: (store) =>
      withAppendResult(store, (result) => {
        if (!('tail' in result)) return result;
        const [first, ...rest] = result.tail.records;
        if (first === undefined) return result;
        // The first record is taken for one that is there already.
        const { firstPosition } = result.tail;
        return {
          ...result,
          tail: { ...result.tail, firstPosition: firstPosition + 1, records: rest },
        };
      }),
  },
};

/** After a repeated write believes that nothing but that write happened. */
const droppedTailOfDuplicate: Mutant = {
  name: 'drops the tail of a repeated write',
  seams: {
    client: (store) => withAppendResult(store, (result) => withoutTail(result, 'duplicate')),
  },
};

/** The store remembers the last two writers of a session only. */
const shortMemory: Mutant = {
  name: 'remembers two writers',
  seams: {
    server: (store) => {
      const latest = new Map<string, readonly string[]>();
      const forgotten = new Map<string, number>();
      return {
        ...store,
        append: async (params) => {
          const { writer } = params.write;
          const name = `${params.key.sessionId}/${writer}`;
          const alias = `${writer}~${forgotten.get(name) ?? 0}`;
          const result = await store.append({
            ...params,
            write: { ...params.write, writer: alias },
          });
          if (result.kind !== 'ok') return result;
          const before = (latest.get(params.key.sessionId) ?? []).filter(
            (other) => other !== writer,
          );
          latest.set(params.key.sessionId, [writer, ...before].slice(0, 2));
          for (const other of before.slice(1)) {
            const otherName = `${params.key.sessionId}/${other}`;
            forgotten.set(otherName, (forgotten.get(otherName) ?? 0) + 1);
          }
          return result;
        },
      };
    },
  },
};

/** Takes the cached state for the present one. */
const staleFreshRead: Mutant = {
  name: 'calls a cached state fresh',
  seams: { client: (store) => ({ ...store, isShared: false }) },
};

/** Says that nothing happened when nobody knows. */
const definiteTimeout: Mutant = {
  name: 'reports a timeout as a failure',
  seams: {
    client: (store) => ({
      ...store,
      append: async (params) => {
        try {
          return await store.append(params);
        } catch (cause) {
          throw new StorageError({ operation: 'append', backend: store.backend, cause });
        }
      },
    }),
  },
};

/** Closes whatever segment is open, wherever that lands. */
const unguardedClose: Mutant = {
  name: 'closes a segment without a guard',
  seams: {
    client: (store) =>
      withAppendParams(store, (params) => {
        const { guards, ...unguarded } = params;
        return guards === undefined || params.known === null
          ? params
          : { ...unguarded, mode: 'any' };
      }),
  },
};

/** Records a state-dependent decision wherever it lands. */
const unconditionalAppend: Mutant = {
  name: 'never expects a version',
  seams: {
    client: (store) =>
      withAppendParams(store, (params) =>
        params.known === null ? params : { ...params, mode: 'any' },
      ),
  },
};

/** Goes on as if a session whose history was lost had been deleted and created anew. */
const silentLoss: Mutant = {
  name: 'keeps quiet about lost history',
  seams: {
    client: (store) => ({
      ...withAppendResult(store, (result) =>
        result.kind === 'regressed' ? { kind: 'gone' } : result,
      ),
      load: async (params) => {
        const loaded = await store.load(params);
        return loaded.kind === 'regressed' ? { kind: 'gone' } : loaded;
      },
    }),
  },
};

/** A process that comes back goes by the name of the one that died. */
const sharedWriter: Mutant = {
  name: 'writes under the name of a dead process',
  seams: { writer: (name) => name },
};

/** Adds what a commit is worth once for every time it is sent. */
const repeatedCounters: Mutant = {
  name: 'forgets what a commit is worth',
  seams: {
    client: (store) =>
      withAppendParams(store, (params) => ({
        ...params,
        counters: { ...params.counters, tokens: Math.min(params.counters.tokens, 10) },
      })),
  },
};

/** Says that a session is there no more when the store does not answer. */
const absentWhenUnreachable: Mutant = {
  name: 'takes silence for absence',
  seams: {
    client: (store) => ({
      ...store,
      load: async (params) => {
        try {
          return await store.load(params);
        } catch (error) {
          if (error instanceof SessionManagerError) return { kind: 'missing' };
          throw error;
        }
      },
    }),
  },
};

/** Every deliberate fault. */
export const MUTANTS: readonly Mutant[] = [
  ackBeforeCommit,
  newOperationPerRetry,
  ignoredTail,
  blindTail,
  droppedTailOfDuplicate,
  shortMemory,
  staleFreshRead,
  definiteTimeout,
  unguardedClose,
  unconditionalAppend,
  silentLoss,
  sharedWriter,
  repeatedCounters,
  absentWhenUnreachable,
];

function withAppendParams(store: Store, change: (params: AppendParams) => AppendParams): Store {
  return { ...store, append: (params) => store.append(change(params)) };
}

function withAppendResult(store: Store, change: (result: AppendResult) => AppendResult): Store {
  return { ...store, append: async (params) => change(await store.append(params)) };
}

function withoutTail(result: AppendResult, kind: 'ok' | 'duplicate'): AppendResult {
  if (result.kind !== 'ok' && result.kind !== 'duplicate') return result;
  return result.kind === kind ? { ...result, tail: { ...result.tail, ...NO_TAIL } } : result;
}
