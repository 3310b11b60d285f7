import type { SessionState } from '../domain/session-state.ts';

/** Heap bytes of an activation around a state without text: actor, mailbox, state, totals, open segment. */
const FIXED_BYTES = 1400;
/** Two bytes a UTF-16 unit, the most a JavaScript string takes. */
const BYTES_PER_UNIT = 2;

/** Estimated heap bytes of an activation with this state; an upper bound for text, a guess for small objects. */
export function activationBytes(state: SessionState): number {
  const summaries = state.closed.reduce(
    (sum, segment) => sum + segment.summary.text.length + 100,
    0,
  );
  const maps = mapLength(state.properties) + mapLength(state.values);
  const lists =
    state.children.length * 60 + state.runs.length * 300 + state.rememberedKeys.length * 150;
  const text = summaries + maps + (state.systemPrompt?.length ?? 0);
  return FIXED_BYTES + lists + text * BYTES_PER_UNIT;
}

function mapLength(map: SessionState['properties']): number {
  // Most sessions have a few short entries or none; only those are worth walking.
  return Object.keys(map).length === 0 ? 0 : JSON.stringify(map).length;
}
