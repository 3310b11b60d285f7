import type { JsonValue } from '../domain/json.ts';
import type { ToolTraits } from '../guards/tool-traits.ts';
import { VM_TOOL_NAMES } from '../memory/context/vm-tools.ts';
import { failureOf } from '../tools/tool-failure.ts';
import type { RunRequest, ToolRun, ToolRunner } from '../tools/tool-runner.ts';
import { type KeptValue, keepLongValue, type LongValueOptions } from './long-value.ts';
import type { SessionManager } from './session-manager.ts';

/** The memory has limits of its own. */
const MEMORY_TRAITS = { effect: 'read', isExempt: true, isUnbudgeted: true } as const;

/** What carries calls out: the memory of a session those for it, a runner the others. */
export interface CallTarget {
  readonly session: SessionManager;
  readonly runner: ToolRunner;
}

/** Carries a call out; what the memory cannot load is in its answer, as a model is told it. */
export async function runCall(
  { session, runner }: CallTarget,
  request: RunRequest,
  signal: AbortSignal | undefined,
): Promise<ToolRun> {
  if (!asksMemory(runner, request.toolName)) return runner.run(request, signal);
  const startMs = runner.nowMs();
  const asked = { name: request.toolName, arguments: request.arguments };
  const ended = await session.memory
    .callTool(asked, signal === undefined ? {} : { signal })
    .then(succeeded, failed);
  return { ...ended, attempts: 1, durationMs: runner.nowMs() - startMs };
}

type Ended = Omit<ToolRun, 'attempts' | 'durationMs'>;

function succeeded(value: string): Ended {
  return { value, failure: null, failedAttempts: [], isDoubtful: false };
}

function failed(error: unknown): Ended {
  return { value: null, failure: failureOf(error), failedAttempts: [], isDoubtful: false };
}

/** As {@link keepLongValue}; what the memory has loaded stays as it is, since it would go straight back into it. */
export function keepResult(
  value: JsonValue,
  { runner, ...place }: LongValueOptions & CallTarget,
  call: { readonly toolName: string; readonly operationId: string },
): Promise<KeptValue> {
  const maxLength = asksMemory(runner, call.toolName) ? Infinity : place.maxLength;
  return keepLongValue(value, { ...place, maxLength }, call);
}

/** What guards are to know of a call by what carries it out. */
export function traitsOf(runner: ToolRunner, toolName: string): Partial<ToolTraits> {
  return asksMemory(runner, toolName) ? MEMORY_TRAITS : runner.traitsOf(toolName);
}

/** Whether a call is for the memory of its session: it has the name of one of its tools, and nothing that was given carries it out. */
function asksMemory(runner: ToolRunner, toolName: string): boolean {
  return VM_TOOL_NAMES.some((own) => own === toolName) && runner.definitionOf(toolName) === null;
}
