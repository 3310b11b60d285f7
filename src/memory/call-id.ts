import { textHash } from '../domain/text-hash.ts';

/** Longest id of a tool call that OpenAI's chat interface accepts, in characters. */
export const MAX_CALL_ID_LENGTH = 40;

const PREFIX = 'tc_';
const PLAIN_ID = new RegExp(`^[A-Za-z0-9_-]{1,${MAX_CALL_ID_LENGTH - PREFIX.length}}$`);

/**
 * An id for a tool call that was recorded without one: the same event always gives the same id. Ids that agree by their hash
 * do no harm, because ids are made unique.
 */
export function deriveCallId(eventId: string): string {
  return PREFIX + (PLAIN_ID.test(eventId) ? eventId : textHash(eventId));
}

/**
 * The ids of the calls in one message, or in a whole prompt, so that no two of them share one. In OpenAI's chat format ids may repeat over
 * a conversation, as they do where a provider's answers come from a cache: a result always belongs to the message right before it.
 */
export class CallIds {
  readonly #taken = new Set<string>();
  readonly #repeats = new Map<string, number>();

  /** The wanted id, or one derived from it when an earlier call has it already. */
  take(wanted: string): string {
    const id = this.#taken.has(wanted) ? this.#another(wanted) : wanted;
    this.#taken.add(id);
    return id;
  }

  #another(wanted: string): string {
    let count = this.#repeats.get(wanted) ?? 1;
    let id: string;
    do {
      count += 1;
      id = deriveCallId(`${wanted}#${count}`);
    } while (this.#taken.has(id));
    this.#repeats.set(wanted, count);
    return id;
  }
}
