import type { FullReply } from '../../src/actors/envelope.ts';
import type { Command } from '../../src/domain/command.ts';
import { PagefoldError } from '../../src/domain/errors.ts';
import type { ErrorCode } from '../../src/domain/error-codes.ts';
import type { SessionKey } from '../../src/domain/ids.ts';
import type { SessionState } from '../../src/domain/session-state.ts';

/** What was really sent to a process. */
export type Ask =
  | {
      readonly type: 'command';
      readonly command: Command;
      /** The life of the session that is meant; any when not given. */
      readonly lifeId?: string;
    }
  | { readonly type: 'read'; readonly freshness: 'local' | 'fresh' }
  | { readonly type: 'remove' };

/** What the caller was told. */
export type Outcome =
  | { readonly kind: 'replied'; readonly reply: FullReply }
  | { readonly kind: 'read'; readonly state: SessionState | null }
  | { readonly kind: 'removed'; readonly wasThere: boolean }
  /** An error that promises that nothing happened. */
  | { readonly kind: 'refused'; readonly code: ErrorCode | null; readonly error: unknown }
  /** History is missing, which leaves everything open. */
  | { readonly kind: 'regressed' }
  /** Nobody knows: the caller was told so, or the process died. */
  | { readonly kind: 'unknown' };

/** One call as the client saw it; stamps put calls and what the store did into one order. */
export interface Call {
  readonly tag: string;
  readonly client: string;
  /** Process and incarnation. */
  readonly host: string;
  readonly key: SessionKey;
  readonly ask: Ask;
  readonly begunStamp: number;
  readonly endedStamp: number;
  readonly outcome: Outcome;
}

/** What a rejection means to the caller. */
export function outcomeOf(
  error: unknown,
): Exclude<Outcome, { readonly kind: 'replied' | 'read' | 'removed' }> {
  if (!PagefoldError.isInstance(error)) return { kind: 'refused', code: null, error };
  if (error.code === 'UNKNOWN_OUTCOME') return { kind: 'unknown' };
  if (error.code === 'HISTORY_REGRESSED') return { kind: 'regressed' };
  return { kind: 'refused', code: error.code, error };
}

/** The outcome in a few words. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'replied': {
      const { reply } = outcome;
      const at =
        reply.kind === 'committed' ? `@${reply.firstPosition} x${reply.events.length}` : '';
      return `${reply.kind}${at} v${reply.state.version}`;
    }
    case 'read':
      return outcome.state === null ? 'no session' : `v${outcome.state.version}`;
    case 'removed':
      return outcome.wasThere ? 'removed' : 'nothing to remove';
    case 'refused':
      return `refused ${outcome.code ?? String(outcome.error)}`;
    default:
      return outcome.kind;
  }
}
