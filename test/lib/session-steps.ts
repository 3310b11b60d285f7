import fc from 'fast-check';

import type { Command, Decision } from '../../src/domain/command.ts';
import type { EventFigures } from '../../src/domain/log-event.ts';
import { toPicoUsd } from '../../src/domain/money.ts';
import { RUN_STATUSES, type RunStatus } from '../../src/domain/run.ts';
import type { SegmentPolicy } from '../../src/domain/segment.ts';
import type { EventSource, EventType } from '../../src/domain/session-event.ts';
import { aRecordCommand } from './commands.ts';
import { aBilling, aUsage, figures } from './events.ts';
import type { TestSession } from './session.ts';

/** Something recorded; `key` is an idempotency key. */
export interface RecordStep {
  readonly kind: 'record';
  readonly source: EventSource;
  readonly type: EventType;
  readonly text: string;
  readonly model: string;
  readonly taskId: string | null;
  readonly key: string | null;
  readonly reported: { readonly input: number; readonly output: number } | null;
  readonly costPico: number | null;
}

/** New figures for the `nth` event, counted round. */
export interface CorrectStep {
  readonly kind: 'correct';
  readonly nth: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly model: string;
  /** Undefined takes the bill away; null makes the call unpriced. */
  readonly costPico: number | null | undefined;
}

/** One thing a user of a session does, as data that shrinks well. */
export type Step =
  | RecordStep
  | CorrectStep
  | { readonly kind: 'prompt'; readonly text: string | null }
  | { readonly kind: 'values' | 'properties'; readonly name: string; readonly value: number | null }
  | { readonly kind: 'metadata'; readonly nth: number; readonly value: number }
  | { readonly kind: 'close' }
  | { readonly kind: 'summary'; readonly nth: number; readonly text: string }
  | { readonly kind: 'start-run' }
  | { readonly kind: 'move-run'; readonly nth: number; readonly to: RunStatus }
  | { readonly kind: 'tool-call'; readonly nth: number; readonly event: number }
  | { readonly kind: 'child'; readonly name: string; readonly isLinked: boolean }
  | { readonly kind: 'wait'; readonly ms: number };

const texts = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  fc.constantFrom(
    'What is the answer to this?',
    '部署为什么在昨天晚上突然失败了？',
    '🧵'.repeat(30),
  ),
);
const models = fc.constantFrom('small', 'large', 'my-own');
const nth = fc.nat(20);
const names = fc.constantFrom('a', 'b', '__proto__');

const records: fc.Arbitrary<RecordStep> = fc.record({
  kind: fc.constant('record' as const),
  source: fc.constantFrom('user' as const, 'llm' as const, 'system' as const),
  type: fc.oneof(
    { weight: 6, arbitrary: fc.constant('message' as const) },
    { weight: 2, arbitrary: fc.constant('tool_call' as const) },
    fc.constantFrom('summary' as const, 'reference' as const),
  ),
  text: texts,
  model: models,
  taskId: fc.constantFrom(null, null, 'task-1', 'task-2'),
  key: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, names),
  reported: fc.option(fc.record({ input: fc.nat(50), output: fc.nat(50) }), { freq: 3 }),
  costPico: fc.option(fc.nat(1000), { freq: 5 }),
});

const corrections: fc.Arbitrary<CorrectStep> = fc.record({
  kind: fc.constant('correct' as const),
  nth,
  promptTokens: fc.nat(50),
  completionTokens: fc.nat(50),
  model: fc.oneof(models, fc.constant('')),
  costPico: fc.oneof(fc.nat(1000), fc.constant(null), fc.constant(undefined)),
});

const others: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('prompt' as const), text: fc.option(texts) }),
  fc.record({
    kind: fc.constantFrom('values' as const, 'properties' as const),
    name: names,
    value: fc.option(fc.nat(9)),
  }),
  fc.record({ kind: fc.constant('metadata' as const), nth, value: fc.nat(9) }),
  fc.record({ kind: fc.constant('summary' as const), nth, text: texts }),
  fc.record({ kind: fc.constant('start-run' as const) }),
  fc.record({
    kind: fc.constant('move-run' as const),
    nth,
    to: fc.constantFrom(...RUN_STATUSES),
  }),
  fc.record({ kind: fc.constant('tool-call' as const), nth, event: nth }),
  fc.record({ kind: fc.constant('child' as const), name: names, isLinked: fc.boolean() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 1000, 90_000_000) }),
);

/** One step; most of them record something. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: records },
  { weight: 1, arbitrary: corrections },
  { weight: 3, arbitrary: others },
);

/** A step that never closes a segment by itself, or a request to close. */
export const anyStepOrClose: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: anyStep },
  fc.record({ kind: fc.constant('close' as const) }),
);

/** Small limits, so that short runs roll over often. */
export const anyPolicy: fc.Arbitrary<SegmentPolicy> = fc.record({
  tokenThreshold: fc.nat(200),
  maxTurnsPerSegment: fc.nat(6),
  carryTokens: fc.nat(80),
  summaryTokens: fc.nat(200),
  requestSummary: fc.boolean(),
});

/** The command that a step is for a session as it is now; null for one that is no command. */
function commandOf(session: TestSession, step: Step, id: string): Command | null {
  switch (step.kind) {
    case 'record':
      return recordCommand(session, step, id);
    case 'correct':
      return correctCommand(session, step);
    case 'prompt':
      return { type: 'set-system-prompt', systemPrompt: step.text, model: 'small', create: null };
    case 'values':
    case 'properties':
      return { type: `change-${step.kind}`, change: changeOf(step.name, step.value) };
    case 'metadata':
      return metadataCommand(session, step);
    case 'close':
      return session.policy && { type: 'close-segment', policy: session.policy, model: 'small' };
    case 'summary':
      return summaryCommand(session, step);
    case 'start-run':
      return { type: 'start-run', runId: id, metadata: {} };
    case 'move-run':
    case 'tool-call':
      return runCommand(session, step);
    case 'child':
      return step.isLinked
        ? { type: 'link-child', childId: step.name, isFork: false }
        : { type: 'unlink-child', childId: step.name };
    case 'wait':
      return null;
  }
}

/** Takes a step; null when there was nothing to do. */
export function takeStep(session: TestSession, step: Step, id: string): Decision | null {
  if (step.kind === 'wait') session.advance(step.ms);
  const command = commandOf(session, step, id);
  if (command === null) return null;
  const decision = session.decide(command);
  if (decision.kind === 'accepted') session.apply(decision.events);
  return decision;
}

function recordCommand(session: TestSession, step: RecordStep, id: string): Command {
  const { source, type, text, model, taskId, key, reported, costPico } = step;
  return aRecordCommand(
    {
      id,
      source,
      type,
      message: text,
      model,
      taskId,
      reportedUsage: reported && { inputTokens: reported.input, outputTokens: reported.output },
      reportedCostPico: costPico === null ? null : toPicoUsd(BigInt(costPico)),
    },
    { policy: session.policy, idempotencyKey: key },
  );
}

function correctCommand(session: TestSession, step: CorrectStep): Command | null {
  const events = session.toSession().events.filter((event) => !event.id.endsWith('#summary'));
  const event = events[step.nth % Math.max(1, events.length)];
  if (event === undefined) return null;
  return {
    type: 'change-event-usage',
    eventId: event.id,
    eventPosition: event.position,
    before: { tokenUsage: event.tokenUsage, billing: event.billing },
    after: correctedFigures(step),
    basisVersion: session.state.version,
  };
}

function correctedFigures(step: CorrectStep): EventFigures {
  const { promptTokens, completionTokens, model, costPico } = step;
  const usage = aUsage({ promptTokens, completionTokens, model });
  if (costPico === undefined) return figures(usage);
  return figures(
    usage,
    aBilling({
      model,
      usage: { inputTokens: promptTokens, outputTokens: completionTokens },
      costPico: costPico === null ? null : `${costPico}`,
    }),
  );
}

function metadataCommand(
  session: TestSession,
  step: Extract<Step, { kind: 'metadata' }>,
): Command | null {
  const { events } = session.toSession();
  const event = events[step.nth % Math.max(1, events.length)];
  const change = changeOf('note', step.value);
  return event === undefined ? null : { type: 'change-event-metadata', eventId: event.id, change };
}

function summaryCommand(
  session: TestSession,
  step: Extract<Step, { kind: 'summary' }>,
): Command | null {
  const { closed } = session.state;
  const segment = closed[step.nth % Math.max(1, closed.length)];
  if (segment === undefined) return null;
  return { type: 'apply-summary', segment: segment.number, text: step.text, model: 'small' };
}

function runCommand(
  session: TestSession,
  step: Extract<Step, { kind: 'move-run' | 'tool-call' }>,
): Command | null {
  const { runs } = session.state;
  const run = runs[step.nth % Math.max(1, runs.length)];
  if (run === undefined) return null;
  return step.kind === 'move-run'
    ? { type: 'move-run', runId: run.id, to: step.to, reason: undefined }
    : { type: 'add-run-tool-call', runId: run.id, eventId: `e${step.event}` };
}

function changeOf(
  name: string,
  value: number | null,
): { readonly set: Readonly<Record<string, number>>; readonly remove: readonly string[] } {
  return value === null
    ? { set: {}, remove: [name] }
    : { set: Object.fromEntries([[name, value]]), remove: [] };
}
