import type { SessionManager } from '../../../src/api/session-manager.ts';
import { openPagefold } from '../../../src/api/pagefold.ts';
import { DEFAULT_TENANT } from '../../../src/domain/ids.ts';
import { systemClock } from '../../../src/runtime/system.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Conversation, Library } from './conversation.ts';
import { preload, preloadEnvironment } from './preload.ts';

/** A snapshot is left every so many events, as the actors' defaults have it. */
const SNAPSHOT_EVENTS = 128;

const EIGHT_GIB = 8 * 1024 ** 3;

/** Our own library with the memory store: every message is counted, priced and appended to the session's log. */
export async function openOurs(tokens: 'exact' | 'estimate'): Promise<Library> {
  const store = createMemoryStore({ clock: systemClock(), maxBytes: EIGHT_GIB });
  const pagefold = await openPagefold({ store, tokens });
  const env = preloadEnvironment(tokens);
  const sessions = new WeakMap<Conversation, SessionManager>();
  return {
    name: `pagefold, ${tokens}`,
    maxTurns: Infinity,
    maxExactTurns: Infinity,
    open: async (id, turns) => {
      const messages = turns.length * 2;
      const key = { tenant: DEFAULT_TENANT, sessionId: id };
      const snapshotLag = messages % SNAPSHOT_EVENTS;
      if (messages > 0) await preload({ store, key, env, turns, messages, snapshotLag });
      const session = pagefold.session(id);
      // Loads it, as a service that is in use has it loaded.
      await session.exists();
      const conversation = {
        record: recorder(session),
        latest: latestReader(session, store),
        storage: null,
      };
      sessions.set(conversation, session);
      return conversation;
    },
    contextBuilder: (conversation) => {
      const session = sessions.get(conversation);
      if (session === undefined) throw new Error('The conversation is not one of ours.');
      return (maxTokens) => session.getMessagesForLlm({ maxTokens });
    },
  };
}

function recorder(session: SessionManager): Conversation['record'] {
  return async ({ question, answer }) => {
    await session.userSays(question);
    await session.aiResponds(answer, { model: 'gpt-4o-mini', provider: 'openai' });
  };
}

function latestReader(session: SessionManager, store: Store): Conversation['latest'] {
  return async (count) => {
    const head = await store.head({
      key: { tenant: session.tenant, sessionId: session.sessionId },
    });
    const version = head?.version ?? 0;
    const messages = [];
    for await (const event of session.events.list({ fromPosition: version - count + 1 }))
      messages.push(event);
    return messages;
  };
}
