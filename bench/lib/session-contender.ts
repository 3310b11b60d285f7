import type { Pagefold } from '../../src/api/pagefold.ts';
import type { SessionContext } from '../../src/api/session-context.ts';
import type { BuiltContext } from './recall-contenders.ts';
import type { RecallConversation } from './recall-data.ts';
import { replaySession } from './session-replay.ts';

/** Answers of sessions: each question is the next message of the user on a fork of the conversation. */
export type AskSession = (question: string) => Promise<BuiltContext>;

/** Holds a conversation in a session with memory; its contexts have rules, manifest, tools, the last turns and the question. */
export async function sessionContender(
  pagefold: Pagefold,
  conversation: RecallConversation,
  maxTokens: number,
): Promise<AskSession> {
  const { session, pageIds } = await replaySession(pagefold, conversation, { maxTokens });
  const sources = new Map([...pageIds].map(([source, pageId]) => [pageId, source]));
  return async (question) => {
    const fork = await session.fork();
    await fork.userSays(question);
    const context = await fork.memory.buildContext({ maxTokens });
    return { tokens: context.tokens, pages: shownPages(context, sources) };
  };
}

/** What a model can read of each page of the conversation. */
function shownPages(
  { messages, receipt }: SessionContext,
  sources: ReadonlyMap<string, string>,
): BuiltContext['pages'] {
  const pages = new Map<string, { id: string; text: string; tokens: number; isWhole: boolean }>();
  for (const { kind, pageIds, message, messageCount, tokens, level } of receipt.entries) {
    const shown = messages.slice(message, message + messageCount).map(({ content }) => content);
    const text = shown.map((part) => (typeof part === 'string' ? part : '')).join('\n');
    for (const pageId of pageIds) {
      const id = sources.get(pageId);
      if (id === undefined) continue;
      const own = kind === 'turn' ? text : lineText(text, pageId);
      const known = pages.get(id);
      pages.set(id, {
        id,
        text: known === undefined ? own : `${known.text}\n${own}`,
        tokens: (known?.tokens ?? 0) + tokens,
        isWhole: level === 0,
      });
    }
  }
  return pages;
}

/** The text of a page's line, which is a string of JSON after who speaks and the page's id. */
function lineText(block: string, pageId: string): string {
  const mark = ` (${pageId}): `;
  const line = block.split('\n').find((one) => one.includes(mark)) ?? '';
  const text: unknown = JSON.parse(line.slice(line.indexOf(mark) + mark.length));
  if (typeof text !== 'string') throw new TypeError(`${pageId} is not a line of text.`);
  return text;
}
