import type { SessionKey } from '../domain/ids.ts';

/** First pause after a failure; each further failure in a row doubles it. */
const FIRST_PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 3_600_000;
/** Failing entries that are remembered; one that is forgotten begins with the first pause again. */
const MAX_REMEMBERED = 10_000;

interface EntryName {
  readonly key: SessionKey;
  readonly id: string;
}

/** How long follow-ups that failed are put off, so that those of one tenant are not in the way of the others. */
export class Postponement {
  /** Failures in a row; the longest ago first. */
  readonly #failures = new Map<string, number>();

  /** Notes a failure and returns the pause until the next try. */
  fail(entry: EntryName): number {
    const name = nameOf(entry);
    const failures = (this.#failures.get(name) ?? 0) + 1;
    this.#failures.delete(name);
    this.#failures.set(name, failures);
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= MAX_REMEMBERED) break;
      this.#failures.delete(oldest);
    }
    return Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
  }

  /** The entry did not fail this time. */
  succeed(entry: EntryName): void {
    this.#failures.delete(nameOf(entry));
  }
}

function nameOf({ key, id }: EntryName): string {
  return `${key.tenant}\u0000${key.sessionId}\u0000${id}`;
}
