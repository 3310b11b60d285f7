import { openPagefold } from '../../../src/api/pagefold.ts';
import { BENCH_MODEL } from '../session-replay.ts';
import { LOADERS } from '../tokens/contenders.ts';

/** What a server does with a message: counts its tokens exactly and keeps it, or nothing at all. */
export interface Appender {
  /** Resolves once the message is kept. */
  append(message: { readonly sessionId: string; readonly text: string }): Promise<void>;
}

/** Servers that are compared, by what they do with a message. */
export const APPENDER_NAMES = ['worker', 'inline', 'js-tiktoken', 'nothing'] as const;
export type AppenderName = (typeof APPENDER_NAMES)[number];

const TENANTS = 16;

/** How each is opened. */
export const APPENDERS: Readonly<Record<AppenderName, () => Promise<Appender>>> = {
  worker: () => openOurs(1),
  inline: () => openOurs(0),
  'js-tiktoken': openCounted,
  nothing: async () => ({ append: () => Promise.resolve() }),
};

/** A session for each request, as a service makes that keeps nothing of its own. */
async function openOurs(workers: number): Promise<Appender> {
  const pagefold = await openPagefold({ workers, defaultModel: BENCH_MODEL });
  return {
    append: async ({ sessionId, text }) => {
      const tenant = `tenant-${Number(sessionId) % TENANTS}`;
      await pagefold.session(sessionId, { tenant }).recordUser(text);
    },
  };
}

/** Counts, and keeps the message in an array: less than a session does, and nothing that could fail. */
async function openCounted(): Promise<Appender> {
  const count = await LOADERS['js-tiktoken']?.('o200k_base');
  if (count === undefined) throw new Error('js-tiktoken cannot be loaded.');
  const sessions = new Map<string, { text: string; tokens: number }[]>();
  return {
    append: ({ sessionId, text }) => {
      const messages = sessions.get(sessionId) ?? [];
      messages.push({ text, tokens: count(text) });
      sessions.set(sessionId, messages);
      return Promise.resolve();
    },
  };
}
