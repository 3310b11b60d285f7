import { onTestFinished } from 'vitest';
import { toText } from '../../../src/domain/json.ts';
import type {
  PromptMessage,
  Pagefold,
  RuntimeOptions,
  SessionManager,
  Store,
} from '../../../src/index.ts';
import { createMemoryStore, openPagefold } from '../../../src/index.ts';

/** A pagefold of one test, closed when the test is over. Estimates tokens, since loading a vocabulary takes time. */
export async function aPagefold(options: RuntimeOptions = {}): Promise<Pagefold> {
  const pagefold = await openPagefold({ tokens: 'estimate', ...options });
  onTestFinished(() => pagefold.close());
  return pagefold;
}

/** A store of one test, closed when the test is over. */
export function aStore(): Store {
  const store = createMemoryStore();
  onTestFinished(() => store.close());
  return store;
}

/** Records so many questions with their answers, numbered from `from` on. */
export async function talk(session: SessionManager, exchanges: number, from = 1): Promise<void> {
  for (let number = from; number < from + exchanges; number += 1) {
    // In order: an answer follows its question.
    await session.userSays(`question ${number}`);
    await session.aiResponds(`answer ${number}`, { model: 'gpt-4o-mini', provider: 'openai' });
  }
}

/** What a message says, as text. */
export function textOf(message: PromptMessage | undefined): string {
  return toText(message?.content ?? null);
}

/** Everything that an async iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
