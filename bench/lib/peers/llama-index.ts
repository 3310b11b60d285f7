import { loadPeer } from '../peer.ts';
import type { BuildContext, CountText, Library, Turn } from './conversation.ts';

interface LlamaMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

interface LlamaMemory {
  tokenLimit: number;
  add(message: LlamaMessage): Promise<void>;
  get(): Promise<readonly unknown[]>;
  getLLM(): Promise<readonly unknown[]>;
}

interface LlamaMemoryModule {
  readonly createMemory: (options: {
    readonly tokenLimit: number;
    readonly shortTermTokenLimitRatio: number;
  }) => LlamaMemory;
}

interface LlamaSettingsModule {
  readonly Settings: { tokenizer: { encode(text: string): ArrayLike<unknown> } };
}

/** The Memory of LlamaIndex; a turn is two calls, a context is what it hands to a model. */
export async function openLlamaIndex(): Promise<Library> {
  const { createMemory } = await loadPeer<LlamaMemoryModule>('@llamaindex/core/memory');
  const { Settings } = await loadPeer<LlamaSettingsModule>('@llamaindex/core/global');
  const memories = new WeakMap<object, LlamaMemory>();
  return {
    name: 'LlamaIndex Memory',
    maxTurns: 10_000,
    maxExactTurns: Infinity,
    open: async (_id, turns) => {
      const memory = createMemory({ tokenLimit: 4000, shortTermTokenLimitRatio: 1 });
      for (const turn of turns) await add(memory, turn);
      const conversation = {
        record: (turn: Turn) => add(memory, turn),
        latest: async (count: number) => (await memory.get()).slice(-count),
        storage: memory,
      };
      memories.set(conversation, memory);
      return conversation;
    },
    contextBuilder: (conversation, count): BuildContext => {
      const memory = memories.get(conversation);
      if (memory === undefined) throw new Error('The conversation is not one of LlamaIndex.');
      return (maxTokens) => {
        Settings.tokenizer = tokenizer(count);
        memory.tokenLimit = maxTokens;
        return memory.getLLM();
      };
    },
  };
}

async function add(memory: LlamaMemory, { question, answer }: Turn): Promise<void> {
  await memory.add({ role: 'user', content: question });
  await memory.add({ role: 'assistant', content: answer });
}

/** The library only asks for the number of tokens, so none are made. */
function tokenizer(count: CountText): { encode(text: string): ArrayLike<unknown> } {
  return { encode: (text) => ({ length: count(text) }) };
}
