import type { Command, Decision } from '../domain/command.ts';
import type { DecisionEnvironment } from '../domain/environment.ts';
import type { DecisionContext } from '../domain/decide-creation.ts';
import { decide } from '../domain/decide.ts';
import { SessionManagerError } from '../domain/errors.ts';
import { evolveAll } from '../domain/evolve.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { ForkOrigin, LogEvent } from '../domain/log-event.ts';
import type { SessionState } from '../domain/session-state.ts';
import { encodeRecord } from '../store/codec.ts';
import type { MailboxItem } from './mailbox-item.ts';

/** A queued command with what was decided about it. */
export interface DecidedItem {
  readonly item: MailboxItem;
  readonly decision: Decision;
  /** Index of its first event among the events of the commit. */
  readonly firstEvent: number;
}

/** Everything that becomes one append. */
export interface Commit {
  readonly decided: readonly DecidedItem[];
  readonly events: readonly LogEvent[];
  readonly records: readonly string[];
  /** The state if nothing else is recorded before it. */
  readonly state: SessionState | null;
}

/** How much one commit may hold. */
export interface CommitBounds {
  readonly records: number;
  readonly length: number;
}

/**
 * Decides queued commands one after another, each on the state the ones before it would leave, until the bounds are
 * reached; the rest stays queued. `originOf` answers the state a fork begins from; a command waits as long as there is
 * none.
 */
export function buildCommit(params: {
  readonly key: SessionKey;
  readonly base: SessionState | null;
  readonly originOf: (fork: ForkOrigin) => SessionState | null;
  readonly items: readonly MailboxItem[];
  readonly env: DecisionEnvironment;
  readonly bounds: CommitBounds;
}): Commit {
  const { key, env, bounds } = params;
  const decided: DecidedItem[] = [];
  const events: LogEvent[] = [];
  const records: string[] = [];
  let state = params.base;
  let length = 0;
  for (const item of params.items) {
    if (item.ask.type !== 'command') break;
    const { command, lifeId, claim, opening } = item.ask;
    const decision = decideEncodable({ key, state, env, lifeId, claim, opening }, command);
    const added = decision.kind === 'accepted' ? decision.encoded : [];
    const addedLength = added.reduce((sum, record) => sum + record.length, 0);
    const isFull =
      records.length + added.length > bounds.records || length + addedLength > bounds.length;
    if (isFull && decided.length > 0) break;
    const fork = forkOf(decision.decision);
    const origin = fork === null ? null : params.originOf(fork);
    if (fork !== null && origin === null) break;
    decided.push({ item, decision: decision.decision, firstEvent: events.length });
    if (decision.kind !== 'accepted') continue;
    events.push(...decision.decision.events);
    records.push(...added);
    length += addedLength;
    state = evolveAll(state ?? origin, decision.decision.events);
  }
  return { decided, events, records, state };
}

/** What a decision makes the session a fork of; null when it does not. */
function forkOf(decision: Decision): ForkOrigin | null {
  if (decision.kind !== 'accepted') return null;
  const [first] = decision.events;
  return first?.type === 'session-created' ? first.fork : null;
}

type Encodable =
  | {
      readonly kind: 'accepted';
      readonly decision: Extract<Decision, { readonly kind: 'accepted' }>;
      readonly encoded: readonly string[];
    }
  | { readonly kind: 'other'; readonly decision: Decision };

/** An event that cannot be encoded refuses its own command, not the others of the commit. */
function decideEncodable(context: DecisionContext, command: Command): Encodable {
  const decision = decide(context, command);
  if (decision.kind !== 'accepted') return { kind: 'other', decision };
  try {
    return { kind: 'accepted', decision, encoded: decision.events.map(encodeRecord) };
  } catch (cause) {
    const error =
      cause instanceof SessionManagerError
        ? cause
        : new SessionManagerError('The event could not be encoded', { cause });
    return { kind: 'other', decision: { kind: 'rejected', error } };
  }
}
