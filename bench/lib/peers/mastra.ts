import { randomUUID } from 'node:crypto';
import { loadPeer } from '../peer.ts';
import type { Library, Turn } from './conversation.ts';

interface MastraThread {
  readonly threadId: string;
  readonly resourceId: string;
}

interface MastraMemoryModule {
  readonly Memory: new (options: { readonly storage: unknown }) => {
    createThread(thread: MastraThread): Promise<unknown>;
    saveMessages(params: { readonly messages: readonly object[] }): Promise<unknown>;
    recall(params: MastraThread & { readonly perPage: number }): Promise<{
      readonly messages: readonly unknown[];
    }>;
  };
}

interface MastraStorageModule {
  readonly InMemoryStore: new () => unknown;
}

/** Turns that are saved at once when a conversation is prepared. */
const BATCH_TURNS = 20;

/** The Memory of Mastra over its InMemoryStore; a turn is one call with both messages. */
export async function openMastra(): Promise<Library> {
  const { Memory } = await loadPeer<MastraMemoryModule>('@mastra/memory');
  const { InMemoryStore } = await loadPeer<MastraStorageModule>('@mastra/core/storage');
  const memory = new Memory({ storage: new InMemoryStore() });
  return {
    name: 'Mastra Memory',
    maxTurns: 10_000,
    maxExactTurns: Infinity,
    open: async (id, turns) => {
      const thread = { threadId: id, resourceId: 'anna' };
      await memory.createThread(thread);
      const save = async (added: readonly Turn[]): Promise<void> => {
        await memory.saveMessages({ messages: added.flatMap((turn) => toMessages(turn, thread)) });
      };
      for (let from = 0; from < turns.length; from += BATCH_TURNS) {
        // In order: these are one conversation. In bigger batches a turn costs more and more.
        await save(turns.slice(from, from + BATCH_TURNS));
      }
      return {
        record: (turn) => save([turn]),
        latest: async (count) => (await memory.recall({ ...thread, perPage: count })).messages,
        storage: null,
      };
    },
    contextBuilder: null,
  };
}

function toMessages({ question, answer }: Turn, thread: MastraThread): readonly object[] {
  const message = (role: 'user' | 'assistant', text: string): object => ({
    ...thread,
    id: randomUUID(),
    role,
    createdAt: new Date(),
    content: { format: 2, parts: [{ type: 'text', text }] },
  });
  return [message('user', question), message('assistant', answer)];
}
