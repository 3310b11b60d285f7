import { DEFAULT_TENANT } from '../../../src/domain/ids.ts';
import { createRuntime } from '../../../src/runtime/runtime.ts';
import { systemClock } from '../../../src/runtime/system.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Library, Turn } from './conversation.ts';
import { LIBRARIES, type LibraryName } from './libraries.ts';
import { messageCommand } from './preload.ts';

/** Something that keeps sessions in memory, to be weighed. */
export interface HeapSubject {
  /** Adds a session; returns what the caller has to keep of it. */
  add(id: string, turns: readonly Turn[]): Promise<object | null>;
  /** Waits until all that may be dropped is dropped. */
  settle(): Promise<void>;
}

const EIGHT_GIB = 8 * 1024 ** 3;
const POLL_MS = 20;

/** `active` and `idle` are ours, with sessions in the cache of the actors or only in the store; others are libraries. */
export type SubjectName = 'active' | 'idle' | Exclude<LibraryName, 'exact' | 'estimate'>;

/** Opens a subject by its name. */
export async function openSubject(name: SubjectName): Promise<HeapSubject> {
  if (name === 'active' || name === 'idle') return openOurs(name);
  const library: Library = await LIBRARIES[name]();
  return {
    add: async (id, turns) => {
      const conversation = await library.open(id, []);
      // Turn by turn, as they come: what is kept of each step is part of the weight.
      for (const turn of turns) await conversation.record(turn);
      return conversation.storage;
    },
    settle: () => Promise.resolve(),
  };
}

async function openOurs(name: 'active' | 'idle'): Promise<HeapSubject> {
  const store = createMemoryStore({ clock: systemClock(), maxBytes: EIGHT_GIB });
  const limits = name === 'idle' ? { idleTimeoutMs: 1, idleScanMs: POLL_MS } : {};
  const { executor } = createRuntime({ store, tokens: 'estimate', limits });
  const session = { parentId: null, fork: null, properties: {}, systemPrompt: null };
  return {
    add: async (id, turns) => {
      const key = { tenant: DEFAULT_TENANT, sessionId: id };
      const create = { type: 'create', session: { ...session, model: 'gpt-4o-mini' } } as const;
      await executor.execute({ key, command: create });
      for (const { question, answer } of turns) {
        await executor.execute({ key, command: messageCommand('user', question) });
        await executor.execute({ key, command: messageCommand('llm', answer) });
      }
      return null;
    },
    settle: async () => {
      while (name === 'idle' && executor.stats().activations > 0) await pause();
    },
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, POLL_MS);
  });
}
