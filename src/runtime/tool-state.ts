import { ToolStateManager as StandaloneToolState } from '../guards/tool-state-manager.ts';
import type { ToolStateOptions } from '../guards/tool-state-options.ts';
import { systemClock } from './system.ts';

let shared: ToolStateManager | null = null;

/** The tools of one conversation, without a session and its log: names for results, results to reuse, guards over calls. */
export class ToolStateManager extends StandaloneToolState {
  /** @throws INVALID_INPUT naming the option, also one that does not exist. */
  constructor(options: ToolStateOptions = {}) {
    super(options, { nowMs: () => systemClock().nowMs() });
  }
}

/**
 * The state that a script of one conversation uses without making one. It is the process's own: a service has one
 * `ToolStateManager` for each conversation, and sessions never touch this one.
 */
export function getToolState(): ToolStateManager {
  shared ??= new ToolStateManager();
  return shared;
}

/** Forgets the process's own state; the next use makes a new one. */
export function resetToolState(): void {
  shared = null;
}
