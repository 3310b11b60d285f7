import type { SessionState } from '../domain/session-state.ts';
import type { CommandReply } from '../actors/envelope.ts';

/** The session of a reply that was asked for it. */
export function stateOf({ state }: CommandReply): SessionState {
  if (state === undefined) throw new TypeError('the reply was not asked for the state');
  return state;
}
