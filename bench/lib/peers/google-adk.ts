import { loadPeer } from '../peer.ts';
import type { Library } from './conversation.ts';

interface AdkSession {
  readonly events: readonly unknown[];
}

interface AdkName {
  readonly appName: string;
  readonly userId: string;
  readonly sessionId: string;
}

interface GoogleAdk {
  readonly createEvent: (parts: object) => object;
  readonly InMemorySessionService: new () => {
    createSession(name: AdkName): Promise<AdkSession>;
    getSession(
      name: AdkName & { readonly config: { readonly numRecentEvents: number } },
    ): Promise<AdkSession | undefined>;
    appendEvent(params: { readonly session: AdkSession; readonly event: object }): Promise<unknown>;
  };
}

/** The InMemorySessionService of Google's ADK; a turn is two appends to a session that the caller keeps at hand. */
export async function openGoogleAdk(): Promise<Library> {
  const { InMemorySessionService, createEvent } = await loadPeer<GoogleAdk>('@google/adk');
  const service = new InMemorySessionService();
  return {
    name: 'Google ADK InMemorySessionService',
    maxTurns: 1000,
    maxExactTurns: Infinity,
    open: async (id, turns) => {
      const name = { appName: 'bench', userId: 'anna', sessionId: id };
      const session = await service.createSession(name);
      const append = async (role: 'user' | 'model', text: string): Promise<void> => {
        const event = createEvent({ author: role, content: { role, parts: [{ text }] } });
        await service.appendEvent({ session, event });
      };
      const conversation = {
        record: async ({ question, answer }: (typeof turns)[number]): Promise<void> => {
          await append('user', question);
          await append('model', answer);
        },
        latest: async (count: number): Promise<readonly unknown[]> =>
          (await service.getSession({ ...name, config: { numRecentEvents: count } }))?.events ?? [],
        storage: null,
      };
      for (const turn of turns) await conversation.record(turn);
      return conversation;
    },
    contextBuilder: null,
  };
}
