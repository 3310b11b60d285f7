import { loadPeer } from '../peer.ts';
import type { Library, Turn } from './conversation.ts';

interface OpenAiAgents {
  readonly MemorySession: new (options: {
    readonly sessionId: string;
    readonly initialItems: readonly unknown[];
  }) => {
    addItems(items: readonly unknown[]): Promise<void>;
    getItems(limit?: number): Promise<readonly unknown[]>;
  };
}

/** The MemorySession of the OpenAI Agents SDK; a turn is one call with both messages. */
export async function openOpenAiAgents(): Promise<Library> {
  const { MemorySession } = await loadPeer<OpenAiAgents>('@openai/agents-core');
  return {
    name: 'OpenAI Agents MemorySession',
    maxTurns: 10_000,
    maxExactTurns: Infinity,
    open: async (id, turns) => {
      const session = new MemorySession({ sessionId: id, initialItems: turns.flatMap(toItems) });
      return {
        record: (turn) => session.addItems(toItems(turn)),
        latest: (count) => session.getItems(count),
        storage: session,
      };
    },
    contextBuilder: null,
  };
}

function toItems({ question, answer }: Turn): readonly unknown[] {
  return [
    { role: 'user', content: question },
    {
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: answer }],
    },
  ];
}
