import { openPagefold } from '../../src/api/pagefold.ts';
import type { Pagefold } from '../../src/api/pagefold.ts';
import type { SessionManager } from '../../src/api/session-manager.ts';
import type { SessionContext } from '../../src/api/session-context.ts';
import type { SearchPage } from '../../src/memory/search/search-page.ts';
import type { RecallConversation } from './recall-data.ts';

/** The model that the benchmarks count for. */
export const BENCH_MODEL = 'gpt-4o';

/** A conversation that was held again, through a session with memory. */
export interface ReplayedSession {
  readonly session: SessionManager;
  /** The page of the session that a page of the conversation became. */
  readonly pageIds: ReadonlyMap<string, string>;
}

/** What is done with each context, which was built after a message of the user and before its answer. */
export type ContextVisitor = (context: SessionContext, place: number) => void;

/** A runtime for replays. */
export async function openReplays(): Promise<Pagefold> {
  return openPagefold({ defaultModel: BENCH_MODEL });
}

/** Records a conversation, with a context of so many tokens before each answer. */
export async function replaySession(
  pagefold: Pagefold,
  { id, pages }: RecallConversation,
  options: { readonly maxTokens: number; readonly visit?: ContextVisitor },
): Promise<ReplayedSession> {
  const { maxTokens, visit } = options;
  const name = `${id}-${maxTokens}`.replaceAll(/[^\w-]/g, '_');
  const session = pagefold.session(name, { memory: { maxTokens } });
  const pageIds = new Map<string, string>();
  const [first] = pages;
  for (const [place, page] of pages.entries()) {
    const isUser = isOfUser(page, first);
    const metadata = page.speaker === undefined ? {} : { metadata: { speaker: page.speaker } };
    // In order: it is one conversation.
    const { position } = isUser
      ? await session.recordUser(page.text, metadata)
      : await session.recordAnswer(page.text, { ...metadata, model: BENCH_MODEL });
    pageIds.set(page.id, `msg_${position}`);
    if (!isUser) continue;
    const context = await session.memory.buildContext({ maxTokens });
    if (context.tokens > maxTokens) throw new Error(`A context exceeds ${maxTokens}.`);
    visit?.(context, place);
  }
  return { session, pageIds };
}

/** Who speaks first is the user, where nothing says who is. */
export function isOfUser(page: SearchPage, first: SearchPage | undefined): boolean {
  return page.role === undefined ? page.speaker === first?.speaker : page.role === 'user';
}
