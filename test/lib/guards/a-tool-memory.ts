import { ToolMemoryManager } from '../../../src/procedures/tool-memory-manager.ts';
import type { ToolMemoryOptions } from '../../../src/procedures/tool-memory-options.ts';
import type { ToolLogEntry } from '../../../src/procedures/tool-log-entry.ts';

/** A memory whose clock stands still. */
export function aToolMemory(options: ToolMemoryOptions = {}): ToolMemoryManager {
  return new ToolMemoryManager(options, { nowMs: () => 1_000 });
}

/** A call that failed. */
export function fail(
  memory: ToolMemoryManager,
  toolName: string,
  call: { args?: object; type?: string; text?: string; goal?: string } = {},
): ToolLogEntry {
  return memory.recordCall({
    toolName,
    arguments: call.args ?? {},
    outcome: 'failure',
    errorType: call.type,
    errorMessage: call.text,
    contextGoal: call.goal,
  });
}

/** A call that succeeded. */
export function succeed(
  memory: ToolMemoryManager,
  toolName: string,
  call: { args?: object; result?: unknown; goal?: string } = {},
): ToolLogEntry {
  const { args = {}, result = 'ok', goal } = call;
  return memory.recordCall({
    toolName,
    arguments: args,
    result,
    outcome: 'success',
    contextGoal: goal,
  });
}

/** The log of one failure that a success puts right, with another tool in between. */
export function aFixedFailure(memory: ToolMemoryManager): readonly ToolLogEntry[] {
  return [
    fail(memory, 't', { args: { x: 1 }, type: 'unsat' }),
    succeed(memory, 'other'),
    succeed(memory, 't', { args: { x: 2, y: 3 } }),
  ];
}
