/** Longest id of a tool call that OpenAI's chat interface accepts, in characters. */
export const MAX_CALL_ID_LENGTH = 40;

const PREFIX = 'tc_';
const PLAIN_ID = new RegExp(`^[A-Za-z0-9_-]{1,${MAX_CALL_ID_LENGTH - PREFIX.length}}$`);

/** An id for a tool call that was recorded without one: the same event always gives the same id. */
export function deriveCallId(eventId: string): string {
  return PREFIX + (PLAIN_ID.test(eventId) ? eventId : hashText(eventId));
}

/**
 * The ids of the calls in one message, so that no two of them share one. Over a whole conversation ids may repeat, as they do
 * where a provider's answers come from a cache: a result always belongs to the message right before it.
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

/** FNV-1a over UTF-16 units, twice with different starts (64 bits); a collision is harmless because ids are made unique. */
function hashText(text: string): string {
  return [0x811c9dc5, 0x050c5d1f].map((start) => hash32(text, start)).join('');
}

function hash32(text: string, start: number): string {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
