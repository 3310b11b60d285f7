import type { JsonObject } from '../domain/json.ts';
import type { ToolState } from './tool-state.ts';
import type { UngroundedCallResult } from './ungrounded-guard.ts';

/** What is known of the numbers of a call, with values in the place of its references. */
export function ungroundedResult(
  state: ToolState,
  toolName: string,
  args: JsonObject,
): UngroundedCallResult {
  const resolved = state.bindings.resolveReferences(args).arguments;
  const found = state.ungrounded.ungroundedNumbers(resolved);
  const hasBindings = state.bindings.size > 0;
  return {
    isUngrounded: found.length > 0,
    numericArguments: found.map(({ path, value }) => ({ path, value })),
    hasBindings,
    message: found.length === 0 ? '' : state.ungrounded.reasonFor(toolName, found),
  };
}
