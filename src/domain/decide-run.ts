import type { Command, Decision } from './command.ts';
import { accepted, UNCHANGED } from './decision.ts';
import type { DecisionEnvironment } from './environment.ts';
import { InvalidSessionOperation } from './errors.ts';
import { applyMapChange } from './event-metadata.ts';
import { assertMapSize } from './record-limit.ts';
import { createRun, isEnded, moveRun, RUN_CALLS, type SessionRun, withToolCall } from './run.ts';
import { MAX_ACTIVE_RUNS, MAX_RUN_TOOL_CALLS, type SessionState } from './session-state.ts';

type CommandOf<T extends Command['type']> = Extract<Command, { readonly type: T }>;

/** A pending run under a fresh or given id. */
export function startRun(
  state: SessionState,
  command: CommandOf<'start-run'>,
  env: DecisionEnvironment,
): Decision {
  const id = command.runId ?? env.newId();
  if (state.runs.some((run) => run.id === id))
    throw invalid(state, RUN_CALLS.pending, `run ${id} exists already`);
  if (state.runs.filter((run) => !isEnded(run)).length >= MAX_ACTIVE_RUNS) {
    throw invalid(
      state,
      RUN_CALLS.pending,
      `at most ${MAX_ACTIVE_RUNS} runs may be active at once`,
    );
  }
  assertMapSize(command.metadata, 'options.metadata');
  return changed(createRun({ id, nowMs: env.nowMs, metadata: command.metadata }), env);
}

/** A step of a run's status machine. */
export function moveExistingRun(
  state: SessionState,
  command: CommandOf<'move-run'>,
  env: DecisionEnvironment,
): Decision {
  const run = findRun(state, command.runId, RUN_CALLS[command.to]);
  const { to, reason } = command;
  const moved = moveRun(run, { to, nowMs: env.nowMs, reason, sessionId: state.sessionId });
  if (reason !== undefined) assertMapSize(moved.metadata, 'reason');
  return changed(moved, env);
}

/** A tool-call event joins a run. */
export function addRunToolCall(
  state: SessionState,
  command: CommandOf<'add-run-tool-call'>,
  env: DecisionEnvironment,
): Decision {
  const run = findRun(state, command.runId, 'runs.addToolCall');
  const next = withToolCall(run, command.eventId);
  if (next.toolCalls.length > MAX_RUN_TOOL_CALLS) {
    throw invalid(
      state,
      'runs.addToolCall',
      `a run lists at most ${MAX_RUN_TOOL_CALLS} tool calls`,
    );
  }
  return next === run ? UNCHANGED : changed(next, env);
}

/** Entries of a run's metadata change. */
export function changeRunMetadata(
  state: SessionState,
  command: CommandOf<'change-run-metadata'>,
  env: DecisionEnvironment,
): Decision {
  const run = findRun(state, command.runId, 'runs.changeMetadata');
  const metadata = applyMapChange(run.metadata, command.change);
  assertMapSize(metadata, 'change.set');
  return changed({ ...run, metadata }, env);
}

function changed(run: SessionRun, env: DecisionEnvironment): Decision {
  // The event carries the whole run, so it is only true right after the state it was made from.
  return accepted([{ type: 'run-changed', atMs: env.nowMs, run }], { mode: 'expected' });
}

function findRun(state: SessionState, runId: string, operation: string): SessionRun {
  const run = state.runs.find((candidate) => candidate.id === runId);
  if (run === undefined)
    throw invalid(state, operation, `no run ${runId} that is active or ended lately`);
  return run;
}

function invalid(state: SessionState, operation: string, reason: string): InvalidSessionOperation {
  return new InvalidSessionOperation({ operation, reason, sessionId: state.sessionId });
}
