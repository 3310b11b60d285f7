import type { Decision } from '../domain/command.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { CommandReply } from './envelope.ts';

/** What a caller is told of a decision that was carried out. */
export function replyTo(
  decision: Exclude<Decision, { readonly kind: 'rejected' }>,
  committed: { readonly firstPosition: number; readonly state: SessionState },
): CommandReply {
  const { firstPosition, state } = committed;
  switch (decision.kind) {
    case 'accepted':
      return { kind: 'committed', events: decision.events, firstPosition, state };
    case 'unchanged':
      return { kind: 'unchanged', state };
    case 'repeated':
      return { kind: 'repeated', eventId: decision.eventId, position: decision.position, state };
  }
}
