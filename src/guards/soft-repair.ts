import type { JsonObject } from '../domain/json.ts';
import type { RepairOutcome } from './soft-block.ts';
import type { ToolState } from './tool-state.ts';

/** Puts references in the place of bare numbers that are computed values, if there is none without a source beside them. */
export function repairUngrounded(
  state: ToolState,
  toolName: string,
  args: JsonObject,
): RepairOutcome {
  const found = state.ungrounded.ungroundedNumbers(args);
  const repaired = found.length === 0 ? state.ungrounded.rebind(args) : null;
  if (repaired !== null) {
    return {
      isRepaired: true,
      arguments: repaired,
      nextAction: 'rebind_from_existing',
      message: '',
    };
  }
  const nextAction = state.bindings.size === 0 ? 'compute_missing' : 'rewrite_call';
  const named = found.map(({ path }) => path).join(', ');
  const message =
    found.length === 0
      ? `${toolName} has no numbers that need a source.`
      : `${toolName}: compute ${named} first, or refer to computed values as $vN.`;
  return { isRepaired: false, arguments: null, nextAction, message };
}
