import { ToolStateManager } from '../../../src/guards/tool-state-manager.ts';
import type { ToolStateOptions } from '../../../src/guards/tool-state-options.ts';

/** A state whose clock stands still until it is moved. */
export function aToolState(
  options: ToolStateOptions = {},
  clock: { nowMs: number } = { nowMs: 1_000 },
): ToolStateManager {
  return new ToolStateManager(options, { nowMs: () => clock.nowMs });
}

/** A call that begins and ends at once. */
export function runCall(
  state: ToolStateManager,
  toolName: string,
  call: {
    readonly arguments?: object;
    readonly result?: unknown;
    readonly hasFailed?: boolean;
  } = {},
): string {
  const args = call.arguments ?? {};
  const { verdict } = state.beginCall(toolName, args);
  if (verdict === 'block') return verdict;
  const { hasFailed = false } = call;
  state.finishCall({ toolName, arguments: args, result: call.result ?? 'ok', hasFailed });
  return verdict;
}
