import type { Pagefold } from '../../api/pagefold.ts';
import type { SessionManager } from '../../api/session-manager.ts';
import type { SessionOptions } from '../../api/session-options.ts';
import type { PlannedFamily, PlannedSession } from '../chat-export/tracking-plan.ts';
import type { SessionStep } from '../chat-export/session-step.ts';
import { untilAdmitted } from './overload.ts';

/** How sessions are recorded. */
export interface ReplaySettings {
  readonly pagefold: Pagefold;
  /** Thresholds and whether the context is infinite. */
  readonly context: Pick<
    SessionOptions,
    'infiniteContext' | 'tokenThreshold' | 'maxTurnsPerSegment'
  >;
  readonly signal: AbortSignal;
  /** Called after every step. */
  readonly onStep: () => Promise<void>;
}

/** The position in the log after each step of a session. */
type Positions = readonly number[];

/**
 * Records a conversation and then its branches, each as a fork of what it branches from.
 * @throws what recording throws, and the signal's reason when it is aborted.
 */
export async function replayFamily(family: PlannedFamily, settings: ReplaySettings): Promise<void> {
  const positions = new Map<string, Positions>();
  for (const planned of family) {
    // In order: a fork needs the history it shares.
    if (planned.fork !== null) await beginFork(planned, positions, settings);
    positions.set(planned.sessionId, await replaySteps(planned, settings));
  }
}

async function beginFork(
  { tenant, sessionId, fork }: PlannedSession,
  positions: ReadonlyMap<string, Positions>,
  { pagefold, signal }: ReplaySettings,
): Promise<void> {
  if (fork === null) return;
  const position = positions.get(fork.sessionId)?.[fork.step];
  if (position === undefined) throw new TypeError('a branch comes after what it branches from');
  const origin = pagefold.session(fork.sessionId, { tenant });
  await untilAdmitted(() => origin.fork({ position, sessionId }), signal);
}

async function replaySteps(planned: PlannedSession, settings: ReplaySettings): Promise<Positions> {
  const { tenant, sessionId, userId, model, properties, steps } = planned;
  const { pagefold, context, signal, onStep } = settings;
  const session = pagefold.session(sessionId, {
    tenant,
    userId,
    defaultModel: model,
    metadata: properties,
    ...context,
  });
  const positions: number[] = [];
  for (const step of steps) {
    signal.throwIfAborted();
    // In order: that is what a conversation is.
    positions.push(await untilAdmitted(() => record(session, step), signal));
    await onStep();
  }
  return positions;
}

/** Records one step and returns its position; setting the system prompt has none that anything could branch from. */
async function record(session: SessionManager, step: SessionStep): Promise<number> {
  switch (step.kind) {
    case 'system-prompt':
      await session.updateSystemPrompt(step.systemPrompt);
      return 0;
    case 'user':
      return (await session.recordUser(step.content, step.options)).position;
    case 'answer':
      return (await session.recordAnswer(step.content, step.options)).position;
    case 'tool':
      return (await session.recordTool(step.use)).position;
  }
}
