import { PagefoldError } from '../domain/errors.ts';
import type { ForkOrigin } from '../domain/log-event.ts';
import type { SessionState } from '../domain/session-state.ts';
import { fail, type MailboxItem } from './mailbox-item.ts';
import { loadNewForkBase, type Reader } from './session-loader.ts';

/** The states that forks begin from, while a session does not exist and is asked to be one. */
export class ForkOrigins {
  readonly #reader: Reader;
  readonly #states = new Map<string, SessionState>();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Loads what the queued commands ask for; a command whose origin is not there fails alone. */
  async load(items: readonly MailboxItem[]): Promise<void> {
    for (const item of items) {
      const fork = requestedFork(item);
      if (fork === null || this.#states.has(nameOf(fork))) continue;
      try {
        // In order: nearly always there is only one.
        this.#states.set(nameOf(fork), await loadNewForkBase(this.#reader, fork));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        fail(item, error);
      }
    }
  }

  /** The state of an origin; null when it was not loaded. */
  find(fork: ForkOrigin): SessionState | null {
    return this.#states.get(nameOf(fork)) ?? null;
  }
}

function requestedFork({ ask }: MailboxItem): ForkOrigin | null {
  return ask.type === 'command' && ask.command.type === 'create' ? ask.command.session.fork : null;
}

/** The caller asked for something that does not exist; everything else is a fault that others would meet too. */
function isRefusal(error: unknown): boolean {
  if (!PagefoldError.isInstance(error)) return false;
  return error.code === 'SESSION_NOT_FOUND' || error.code === 'INVALID_SESSION_OPERATION';
}

function nameOf(fork: ForkOrigin): string {
  return JSON.stringify([fork.position, fork.lifeId, fork.sessionId]);
}
