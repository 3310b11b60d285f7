import { z } from 'zod';
import type { CommandReply } from '../actors/envelope.ts';
import { idSchema } from '../domain/ids.ts';
import { parseJsonObject } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import { activeRun } from '../domain/session-state.ts';
import type { RunStatus, SessionRun } from '../domain/run.ts';
import { type MetadataChange, parseMetadataChange } from './metadata-change.ts';
import type { SessionHandle } from './session-handle.ts';

/** A new run. */
export interface RunOptions {
  /** Its id; a fresh UUID when not given. */
  readonly runId?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

const reasonSchema = z.string().optional();
const createSchema = z.strictObject({
  runId: idSchema.optional(),
  metadata: z.unknown().optional(),
});

const WITH_EVENTS = { wants: { events: true } };

/** The runs of a session: pieces of work with a checked life, to which events are tagged by their `taskId`. */
export class SessionRuns {
  readonly #handle: SessionHandle;

  constructor(handle: SessionHandle) {
    this.#handle = handle;
  }

  /** A new run, pending; creates the session when it is new. */
  async create(options: RunOptions = {}): Promise<SessionRun> {
    const { runId, metadata } = parseInput(createSchema, options, 'options');
    const command = {
      type: 'start-run',
      runId: runId ?? null,
      metadata: parseJsonObject(metadata, 'options.metadata'),
    } as const;
    const reply = await this.#handle.execute(command, WITH_EVENTS);
    return changedRun(reply);
  }

  /** The run begins. */
  async start(runId: string): Promise<SessionRun> {
    return this.#move(runId, 'running');
  }

  /** The run ended well. */
  async complete(runId: string): Promise<SessionRun> {
    return this.#move(runId, 'completed');
  }

  /** The run failed; a reason is kept as `failure_reason`. */
  async fail(runId: string, reason?: string): Promise<SessionRun> {
    return this.#move(runId, 'failed', reason);
  }

  /** The run was called off; a reason is kept as `cancel_reason`. */
  async cancel(runId: string, reason?: string): Promise<SessionRun> {
    return this.#move(runId, 'cancelled', reason);
  }

  /** A tool-call event joins the run; twice is once. */
  async addToolCall(runId: string, eventId: string): Promise<void> {
    await this.#handle.executeExisting({
      type: 'add-run-tool-call',
      runId: parseInput(idSchema, runId, 'runId'),
      eventId: parseInput(idSchema, eventId, 'eventId'),
    });
  }

  /** Sets entries of the run's metadata and removes others. */
  async changeMetadata(runId: string, change: MetadataChange): Promise<void> {
    await this.#handle.executeExisting({
      type: 'change-run-metadata',
      runId: parseInput(idSchema, runId, 'runId'),
      change: parseMetadataChange(change),
    });
  }

  /** Active runs and the ones that ended lately, in order of creation; {@link Session.runs} has all of them. */
  async list(): Promise<readonly SessionRun[]> {
    const state = await this.#handle.findState();
    // A copy: what is handed out must not be what the session's actor works with.
    return state === null ? this.#handle.emptyUnlessKnown([]) : structuredClone(state.runs);
  }

  /** The latest run that is running; null when none is. */
  async active(): Promise<SessionRun | null> {
    return activeRun(await this.list());
  }

  async #move(runId: string, to: RunStatus, reason?: string): Promise<SessionRun> {
    const command = {
      type: 'move-run',
      runId: parseInput(idSchema, runId, 'runId'),
      to,
      reason: parseInput(reasonSchema, reason, 'reason'),
    } as const;
    const reply = await this.#handle.executeExisting(command, WITH_EVENTS);
    return changedRun(reply);
  }
}

/** The run as the command left it; the state may be ahead of that. */
function changedRun(reply: CommandReply): SessionRun {
  const event = reply.kind === 'committed' ? reply.events?.at(-1) : undefined;
  if (event?.type === 'run-changed') return structuredClone(event.run);
  throw new TypeError('a change of a run is always recorded');
}
