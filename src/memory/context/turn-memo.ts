import type { ChatMessage } from '../chat-message.ts';
import { messageTokens } from '../message-tokens.ts';
import type { ContextStretch } from './context-plan.ts';
import { joinedHash, messageHash } from './context-receipt.ts';
import { GenerationMap } from '../generation-map.ts';
import { neutralMessage } from './neutral-message.ts';
import { isSameJson } from './same-json.ts';
import type { NamedSettings } from './stretch-settings.ts';

/** A turn as it is sent, counted and hashed. */
export interface WrittenTurn {
  readonly messages: readonly ChatMessage[];
  /** One for each message. */
  readonly hashes: readonly string[];
  /** Of all of them. */
  readonly hash: string;
  readonly tokens: number;
}

type Turn = Extract<ContextStretch, { kind: 'turn' }>;

interface KnownTurn extends Omit<WrittenTurn, 'messages'> {
  readonly settings: string;
  /** As they were given. */
  readonly messages: readonly ChatMessage[];
  /** Whether they are sent as they were given. */
  readonly isNeutral: boolean;
}

/**
 * Remembers the figures of the turns of the latest contexts. Messages are made anew for each context, of the same texts, so they are
 * compared with what they were. They go out as they came in: whoever got those of an earlier context may have changed them since.
 */
export class TurnMemo {
  readonly #known = new GenerationMap<string, KnownTurn>();

  /**
   * Begins another context: turns that were not in the latest two are forgotten. Where not all of them are asked for, a context counts
   * once it has written so many.
   */
  begin(minWritten: number = 0): void {
    this.#known.begin(minWritten);
  }

  /** A turn as it is sent. */
  write({ pageIds, messages: given }: Turn, { name, counting }: NamedSettings): WrittenTurn {
    const key = keyOf(pageIds, given);
    const known = this.#known.get(key);
    if (known?.settings === name && isSameJson(known.messages, given)) {
      const { hashes, hash, tokens, isNeutral } = known;
      return { messages: isNeutral ? given : given.map(neutralMessage), hashes, hash, tokens };
    }
    const messages = given.map(neutralMessage);
    const hashes = messages.map(messageHash);
    const tokens = messages.reduce((sum, message) => sum + messageTokens(message, counting), 0);
    const figures = { hashes, hash: joinedHash(hashes), tokens };
    const isNeutral = messages.every((message, at) => message === given[at]);
    const copies = given.map((message) => ({ ...message }));
    this.#known.set(key, { settings: name, messages: copies, isNeutral, ...figures });
    return { messages, ...figures };
  }
}

/** What turns are looked up by; two with the same key only take each other's place. */
function keyOf(pageIds: readonly string[], [first]: readonly ChatMessage[]): string {
  const [pageId] = pageIds;
  if (pageId !== undefined) return `page ${pageId}`;
  // Calls that no answer asked for are a turn without a page.
  const call = first?.role === 'assistant' ? first.tool_calls?.[0] : undefined;
  return `call ${call?.id ?? ''}`;
}
