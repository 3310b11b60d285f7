import { loadPeer } from '../peer.ts';
import type { Conversation, Library } from './conversation.ts';
import { type LangChainMessage, type LangChainMessages, toMessages } from './langchain.ts';

interface LangGraph {
  readonly START: string;
  readonly END: string;
  readonly MessagesAnnotation: unknown;
  readonly MemorySaver: new () => unknown;
  readonly StateGraph: new (annotation: unknown) => GraphBuilder;
}

interface GraphBuilder {
  addNode(name: string, run: () => object): GraphBuilder;
  addEdge(from: string, to: string): GraphBuilder;
  compile(options: { readonly checkpointer: unknown }): Graph;
}

interface Graph {
  updateState(thread: Thread, values: object, asNode: string): Promise<unknown>;
  getState(thread: Thread): Promise<{ readonly values: { readonly messages: readonly unknown[] } }>;
}

interface Thread {
  readonly configurable: { readonly thread_id: string };
}

/** A LangGraph graph of one node with a MemorySaver; a turn is one update of the thread's state with both messages. */
export async function openLangGraph(): Promise<Library> {
  const graphs = await loadPeer<LangGraph>('@langchain/langgraph');
  const messages = await loadPeer<LangChainMessages>('@langchain/core/messages');
  const graph = new graphs.StateGraph(graphs.MessagesAnnotation)
    .addNode('answer', () => ({ messages: [] }))
    .addEdge(graphs.START, 'answer')
    .addEdge('answer', graphs.END)
    .compile({ checkpointer: new graphs.MemorySaver() });
  return {
    name: 'LangGraph MemorySaver',
    maxTurns: 1000,
    maxExactTurns: Infinity,
    open: async (id, turns) => {
      const thread = { configurable: { thread_id: id } };
      const add = async (added: readonly LangChainMessage[]): Promise<void> => {
        await graph.updateState(thread, { messages: added }, 'answer');
      };
      if (turns.length > 0) await add(turns.flatMap((turn) => toMessages(messages, turn)));
      const conversation: Conversation = {
        record: (turn) => add(toMessages(messages, turn)),
        latest: async (count) => (await graph.getState(thread)).values.messages.slice(-count),
        storage: null,
      };
      return conversation;
    },
    contextBuilder: null,
  };
}
