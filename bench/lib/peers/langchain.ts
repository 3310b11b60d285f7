import { loadPeer } from '../peer.ts';
import type { Conversation, CountText, Library, Turn } from './conversation.ts';

/** A message of LangChain. */
export interface LangChainMessage {
  readonly content: unknown;
}

/** The part of `@langchain/core/messages` that is used. */
export interface LangChainMessages {
  readonly HumanMessage: new (text: string) => LangChainMessage;
  readonly AIMessage: new (text: string) => LangChainMessage;
  readonly trimMessages: (
    messages: readonly LangChainMessage[],
    options: {
      readonly maxTokens: number;
      readonly strategy: 'last';
      readonly startOn: 'human';
      readonly tokenCounter: (messages: readonly LangChainMessage[]) => number;
    },
  ) => Promise<readonly LangChainMessage[]>;
}

interface ChatHistory {
  readonly InMemoryChatMessageHistory: new (messages: LangChainMessage[]) => {
    addMessages(messages: readonly LangChainMessage[]): Promise<void>;
    getMessages(): Promise<readonly LangChainMessage[]>;
  };
}

/** The InMemoryChatMessageHistory of LangChain; a turn is one call with both messages, a context is its trimMessages. */
export async function openLangChain(): Promise<Library> {
  const { InMemoryChatMessageHistory } = await loadPeer<ChatHistory>(
    '@langchain/core/chat_history',
  );
  const messages = await loadPeer<LangChainMessages>('@langchain/core/messages');
  return {
    name: 'LangChain InMemoryChatMessageHistory',
    maxTurns: 10_000,
    maxExactTurns: 200,
    open: async (_id, turns) => {
      const history = new InMemoryChatMessageHistory(
        turns.flatMap((turn) => toMessages(messages, turn)),
      );
      return {
        record: (turn) => history.addMessages(toMessages(messages, turn)),
        latest: async (count) => (await history.getMessages()).slice(-count),
        storage: history,
      };
    },
    contextBuilder: (conversation, count) => trimmer(messages, conversation, count),
  };
}

/** A turn as two messages of LangChain. */
export function toMessages(
  { HumanMessage, AIMessage }: LangChainMessages,
  { question, answer }: Turn,
): readonly LangChainMessage[] {
  return [new HumanMessage(question), new AIMessage(answer)];
}

function trimmer(
  { trimMessages }: LangChainMessages,
  conversation: Conversation,
  count: CountText,
): (maxTokens: number) => Promise<readonly unknown[]> {
  const tokenCounter = (messages: readonly LangChainMessage[]): number =>
    messages.reduce((sum, { content }) => sum + count(String(content)), 0);
  const options = { strategy: 'last', startOn: 'human', tokenCounter } as const;
  return async (maxTokens) => {
    const all = (await conversation.latest(Infinity)) as readonly LangChainMessage[]; // what it was filled with
    return trimMessages(all, { ...options, maxTokens });
  };
}
