import { textHash } from '../domain/text-hash.ts';
import type { CallIdRule } from './call-id-rule.ts';

/** Longest id that is derived, in characters: what OpenAI's chat interface accepts, and no other has a lower limit. */
export const MAX_CALL_ID_LENGTH = 40;

const PREFIX = 'tc_';
const PLAIN_ID = new RegExp(`^[A-Za-z0-9_-]{1,${MAX_CALL_ID_LENGTH - PREFIX.length}}$`);

/**
 * An id for a tool call that was recorded without one, or with one that is refused: the same text always gives the same id. Ids that
 * agree by their hash do no harm, because ids are made unique.
 */
export function deriveCallId(text: string): string {
  return PREFIX + (PLAIN_ID.test(text) ? text : textHash(text));
}

/**
 * The ids of the calls in one message, or in a whole prompt, so that an interface takes them and no two of them share one. In OpenAI's
 * chat format ids may repeat over a conversation, as they do where a provider's answers come from a cache: a result always belongs to
 * the message right before it.
 */
export class CallIds {
  readonly #rule: CallIdRule;
  readonly #taken = new Set<string>();
  readonly #repeats = new Map<string, number>();

  constructor(rule: CallIdRule) {
    this.#rule = rule;
  }

  /** The wanted id, or one derived from it when it does not fit or an earlier call has it already. */
  take(wanted: string): string {
    const fitting = this.fitting(wanted);
    const id = this.#taken.has(fitting) ? this.#another(wanted) : fitting;
    this.#taken.add(id);
    return id;
  }

  /** The wanted id where it fits; another may have it. */
  fitting(wanted: string): string {
    return this.#rule(wanted) ? wanted : deriveCallId(wanted);
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
