import type { Command, NewEvent, NewSession } from '../../src/domain/command.ts';
import type { LogEvent } from '../../src/domain/log-event.ts';
import type { MemoryAsk } from './memory-call.ts';
import type { Profile } from './profile.ts';
import type { Prng } from './prng.ts';

/** The id of a page that a session has, where it has any. */
export type NamedPage = string;

/** What a client asks for; `tag` marks what it writes, so that it is found again in the log. */
export type PlannedAsk =
  | { readonly type: 'command'; readonly command: (tag: string) => Command }
  | { readonly type: 'fork'; readonly origin: string; readonly share: number }
  | { readonly type: 'read'; readonly freshness: 'local' | 'fresh' }
  | { readonly type: 'remove' }
  | {
      readonly type: 'memory';
      /** Of the pages of the session, the one that is meant. */
      readonly share: number;
      readonly ask: (tag: string, page: NamedPage) => MemoryAsk;
    };

/** One call of a client. */
export interface PlannedCall {
  readonly id: string;
  readonly sessionId: string;
  readonly ask: PlannedAsk;
  /** How often a call of unknown outcome is repeated through another process; only calls with a key are. */
  readonly repeats: number;
  /** The caller gives up after this time, by deadline or by signal; null for patience. */
  readonly patienceMs: number | null;
  readonly givesUpBy: 'deadline' | 'signal';
  /** Goes out together with the call before it, to the same process. */
  readonly isBurst: boolean;
  /** Pause before the call. */
  readonly thinkMs: number;
}

const MODEL = 'sim-1';
const RUN_IDS = ['r0', 'r1', 'r2'];

/** Draws the calls of one client. */
export function drawCalls(prng: Prng, profile: Profile, client: number): readonly PlannedCall[] {
  return Array.from({ length: profile.callsPerClient }, (_, index) => {
    const sessionId = prng.pick(profile.sessions);
    const id = `c${client}.${index}`;
    const isKeyed = prng.chance(0.25);
    const isPatient = prng.chance(0.9);
    const session = { profile, sessionId };
    return {
      id,
      sessionId,
      ask: isKeyed ? keyedRecord(prng, profile, id) : drawAsk(prng, session),
      repeats: isKeyed ? 4 : 0,
      patienceMs: isPatient ? null : prng.between(1, 60),
      givesUpBy: prng.pick(['deadline', 'signal'] as const),
      isBurst: index > 0 && prng.chance(0.25),
      thinkMs: prng.between(0, 25),
    };
  });
}

/** The tag in an event, which names the call that made it; null when it carries none. */
export function tagOf(event: LogEvent): string | null {
  switch (event.type) {
    case 'session-created':
      return textAt(event.properties, 'createdBy');
    case 'event-recorded':
      return event.event.id;
    case 'summary-applied':
      return event.summary.text;
    case 'system-prompt-changed':
      return event.systemPrompt?.startsWith('c') ? event.systemPrompt : null;
    case 'properties-changed':
    case 'values-changed':
      return textAt(event.change.set, 'changedBy');
    case 'run-changed':
      return runTag(event.run);
    default:
      return null;
  }
}

type Draw = (prng: Prng, profile: Profile) => PlannedAsk;

/** Every kind of call with its weight. */
const DRAWS: readonly (readonly [number, Draw])[] = [
  [30, drawRecord],
  [12, () => ({ type: 'read', freshness: 'fresh' })],
  [8, () => ({ type: 'read', freshness: 'local' })],
  [5, drawSummary],
  [4, (_, { policy }) => fixed({ type: 'close-segment', policy, model: MODEL })],
  [5, drawProperties],
  [3, drawValues],
  [3, drawPrompt],
  [5, drawRunStart],
  [9, drawRunMove],
  [
    4,
    () => ({ type: 'command', command: (tag) => ({ type: 'create', session: newSession(tag) }) }),
  ],
];

function drawAsk(
  prng: Prng,
  { profile, sessionId }: { readonly profile: Profile; readonly sessionId: string },
): PlannedAsk {
  if (profile.flavour === 'removals' && prng.chance(0.08)) return { type: 'remove' };
  const origin = profile.sessions[profile.sessions.indexOf(sessionId) - 1];
  if (profile.flavour === 'forks' && origin !== undefined && prng.chance(0.3)) {
    return { type: 'fork', origin, share: prng.next() };
  }
  const total = DRAWS.reduce((sum, [weight]) => sum + weight, 0);
  let left = prng.next() * total;
  const drawn = DRAWS.find(([weight]) => (left -= weight) < 0);
  return (drawn?.[1] ?? drawRecord)(prng, profile);
}

function fixed(command: Command): PlannedAsk {
  return { type: 'command', command: () => command };
}

function drawRecord(prng: Prng, profile: Profile): PlannedAsk {
  return recordOf(prng, profile, null);
}

function keyedRecord(prng: Prng, profile: Profile, id: string): PlannedAsk {
  return recordOf(prng, profile, `key-${id}`);
}

function recordOf(prng: Prng, profile: Profile, idempotencyKey: string | null): PlannedAsk {
  const shape = prng.pick([
    { source: 'user', type: 'message' },
    { source: 'user', type: 'message' },
    { source: 'llm', type: 'message' },
    { source: 'llm', type: 'tool_call' },
  ] as const);
  const policy = prng.chance(0.85) ? profile.policy : null;
  const isCreating = profile.flavour !== 'forks' && prng.chance(0.6);
  const length = prng.between(1, 60);
  const hasReport = shape.source === 'llm' && prng.chance(0.4);
  return {
    type: 'command',
    command: (tag) => ({
      type: 'record-event',
      // A repeated call says under its key what it said before; only its id tells the attempts apart.
      event: newEvent(tag, { ...shape, length, hasReport, opening: idempotencyKey ?? tag }),
      policy,
      create: isCreating ? newSession(`${tag}+`) : null,
      idempotencyKey,
    }),
  };
}

/** An event that a client records. */
export function newEvent(
  tag: string,
  shape: Pick<NewEvent, 'source' | 'type'> & {
    readonly length: number;
    readonly hasReport: boolean;
    readonly opening: string;
  },
): NewEvent {
  return {
    id: tag,
    message: `${shape.opening} ${'word '.repeat(shape.length / 5)}${shape.length % 3 === 0 ? '?' : '.'}`,
    source: shape.source,
    type: shape.type,
    metadata: {},
    parentEventId: undefined,
    taskId: null,
    model: shape.length % 7 === 0 ? 'unpriced' : MODEL,
    provider: null,
    reportedUsage: shape.hasReport
      ? { inputTokens: shape.length * 3, outputTokens: shape.length }
      : null,
    reportedCostPico: null,
    tokenUsage: null,
  };
}

/** A session that a client creates. */
export function newSession(tag: string): NewSession {
  const properties = { createdBy: tag, user_id: 'u1' };
  return { parentId: null, fork: null, properties, systemPrompt: null, model: MODEL };
}

function drawSummary(prng: Prng): PlannedAsk {
  const segment = prng.between(1, 3);
  return {
    type: 'command',
    command: (tag) => ({ type: 'apply-summary', segment, text: tag, model: MODEL }),
  };
}

function drawProperties(prng: Prng): PlannedAsk {
  const remove = prng.chance(0.3) ? ['changedBy', 'level'] : [];
  const level = prng.between(1, 9);
  return {
    type: 'command',
    command: (tag) => ({
      type: 'change-properties',
      change: { set: { changedBy: tag, level }, remove },
    }),
  };
}

function drawValues(): PlannedAsk {
  return {
    type: 'command',
    command: (tag) => ({ type: 'change-values', change: { set: { changedBy: tag }, remove: [] } }),
  };
}

function drawPrompt(prng: Prng): PlannedAsk {
  // The same prompt from several clients is a change only once.
  const isCommon = prng.chance(0.5);
  return {
    type: 'command',
    command: (tag) => ({
      type: 'set-system-prompt',
      systemPrompt: isCommon ? 'Be brief.' : tag,
      model: MODEL,
      create: null,
    }),
  };
}

function drawRunStart(prng: Prng): PlannedAsk {
  const runId = prng.pick(RUN_IDS);
  return {
    type: 'command',
    command: (tag) => ({ type: 'start-run', runId, metadata: { startedBy: tag } }),
  };
}

function drawRunMove(prng: Prng): PlannedAsk {
  const runId = prng.pick(RUN_IDS);
  const to = prng.pick(['running', 'running', 'completed', 'failed', 'cancelled'] as const);
  return {
    type: 'command',
    command: (tag) => ({ type: 'move-run', runId, to, reason: tag }),
  };
}

type RunChanged = Extract<LogEvent, { readonly type: 'run-changed' }>;

function runTag(run: RunChanged['run']): string | null {
  switch (run.status) {
    case 'pending':
      return textAt(run.metadata, 'startedBy');
    case 'failed':
      return textAt(run.metadata, 'failure_reason');
    case 'cancelled':
      return textAt(run.metadata, 'cancel_reason');
    default:
      return null;
  }
}

function textAt(map: RunChanged['run']['metadata'], name: string): string | null {
  const value = map[name];
  return typeof value === 'string' ? value : null;
}
