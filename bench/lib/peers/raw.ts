import type { Conversation, CountText, Library } from './conversation.ts';

interface RawMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
  readonly tokens: number;
}

/**
 * What a few lines of one's own cost: a map of arrays, nothing else. With a counter each message is counted when it is
 * recorded, and a context is then only a sum.
 */
export function openRaw(
  counted: { readonly by: string; readonly count: CountText } | null,
): Library {
  const sessions = new Map<string, RawMessage[]>();
  const count = counted?.count ?? (() => 0);
  const message = (role: RawMessage['role'], content: string): RawMessage => ({
    role,
    content,
    tokens: count(content),
  });
  const histories = new WeakMap<Conversation, RawMessage[]>();
  return {
    name: counted === null ? 'Map + array' : `Map + array, counting by ${counted.by}`,
    maxTurns: Infinity,
    maxExactTurns: Infinity,
    open: async (id, turns) => {
      const history = turns.flatMap(({ question, answer }) => [
        message('user', question),
        message('assistant', answer),
      ]);
      sessions.set(id, history);
      const conversation: Conversation = {
        record: async ({ question, answer }) => {
          sessions.get(id)?.push(message('user', question), message('assistant', answer));
        },
        latest: async (latest) => sessions.get(id)?.slice(-latest) ?? [],
        storage: null,
      };
      histories.set(conversation, history);
      return conversation;
    },
    contextBuilder: (conversation, countText) => {
      const history = histories.get(conversation) ?? [];
      const weigh = (item: RawMessage): number =>
        counted === null ? countText(item.content) : item.tokens;
      return async (maxTokens) => history.slice(firstWithin(history, maxTokens, weigh));
    },
  };
}

/** Where the longest ending within the budget begins. */
function firstWithin(
  history: readonly RawMessage[],
  maxTokens: number,
  weigh: (message: RawMessage) => number,
): number {
  let left = maxTokens;
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const item = history[index];
    left -= item === undefined ? 0 : weigh(item);
    if (left < 0) return index + 1;
  }
  return 0;
}
