import { creationEvents } from '../domain/decide-creation.ts';
import { evolveAll } from '../domain/evolve.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { SessionHandle } from './session-handle.ts';

/** What a session would be if it were created now and nothing were recorded. */
export function emptyState({ key, options, runtime, model }: SessionHandle): SessionState {
  const env = {
    nowMs: runtime.clock.nowMs(),
    newId: () => runtime.newId(),
    countTokens: () => 0,
    isExactFor: () => true,
    prices: runtime.prices,
  };
  const { properties, systemPrompt } = options;
  const session = { parentId: null, fork: null, properties, systemPrompt, model };
  const state = evolveAll(null, creationEvents({ key, state: null, env }, session));
  if (state === null) throw new TypeError('a creation has at least one event');
  return state;
}
