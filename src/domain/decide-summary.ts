import { countCalibrated } from './calibration.ts';
import type { Command, Decision } from './command.ts';
import { accepted, summariseId, UNCHANGED } from './decision.ts';
import type { DecisionEnvironment } from './environment.ts';
import { InvalidSessionOperation } from './errors.ts';
import type { LogEvent } from './log-event.ts';
import { assertRecordable } from './record-limit.ts';
import { type EffectiveSummary, effectiveSummaries } from './segment-span.ts';
import type { SegmentSummary } from './segment.ts';
import type { SessionState } from './session-state.ts';
import { countedSummary } from './brief-summary.ts';

type ApplySummary = Extract<Command, { type: 'apply-summary' }>;

/** Lays a better summary over a segment, or over several that have one together. */
export function applySummary(
  state: SessionState,
  command: ApplySummary,
  env: DecisionEnvironment,
): Decision {
  const { segment, fromSegment = segment } = command;
  const shown = effectiveSummaries(state).find(
    (candidate) => candidate.fromSegment === fromSegment && candidate.toSegment === segment,
  );
  if (shown === undefined) throw notThere(state, command);
  const next = shown.summary.revision + 1;
  // Another one was first: a summary is written at least once, and is to have one effect.
  if (command.revision !== undefined && command.revision < next) return UNCHANGED;
  assertRecordable(command.text, 'summary');
  const { text } = command;
  const summary = countedSummary(
    { fromSegment, toSegment: segment, text, origin: 'model', revision: next },
    (content) => countCalibrated(env, state.calibrations, { content, model: command.model }),
  );
  return accepted([appliedEvent(shown, summary, env.nowMs)], {
    mode: 'expected',
    removeFollowUps: [summariseId(segment, fromSegment)],
  });
}

function appliedEvent(shown: EffectiveSummary, summary: SegmentSummary, atMs: number): LogEvent {
  const { level, fromSegment, toSegment, fromPosition } = shown;
  if (level === 0) return { type: 'summary-applied', atMs, segment: toSegment, summary };
  return {
    type: 'segments-summarised',
    atMs,
    level,
    fromSegment,
    toSegment,
    fromPosition,
    sources: [],
    summary,
  };
}

function notThere(
  { sessionId }: SessionState,
  { segment, fromSegment }: ApplySummary,
): InvalidSessionOperation {
  const reason =
    fromSegment === undefined || fromSegment === segment
      ? `segment ${segment} is not a recently closed one`
      : `segments ${fromSegment} to ${segment} have no summary together`;
  return new InvalidSessionOperation({ operation: 'applySummary', reason, sessionId });
}
