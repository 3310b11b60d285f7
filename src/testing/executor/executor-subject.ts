import { DEFAULT_ACTOR_LIMITS, type ActorLimits } from '../../actors/limits.ts';
import type { CallOptions, CommandReply, Executor } from '../../actors/envelope.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Command, NewSession, RecordEvent } from '../../domain/command.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { JsonValue } from '../../domain/json.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import type { Store } from '../../store/store.ts';
import { type HeldStore, heldStore } from './held-store.ts';

/** Makes an executor over a store, which the suite closes with `close`. It must take its time from the clock of the suite. */
export type CreateExecutor = (context: {
  readonly store: Store;
  readonly limits: ActorLimits;
}) => Promise<Executor> | Executor;

/** What one test of the suite works on. */
export interface ExecutorSubject {
  readonly clock: Clock;
  readonly store: HeldStore;
  /** An executor over the store; each call makes another one. */
  readonly open: (limits?: Partial<ActorLimits>) => Promise<Executor>;
}

/** Tests by title; each gets a store of its own. */
export type ExecutorCases = Readonly<Record<string, (subject: ExecutorSubject) => Promise<void>>>;

/** Time that closing may take after a test. */
const CLOSING_MS = 5000;

/** Runs a test over a fresh store, and closes what it opened, whatever comes of it. */
export async function withExecutor(
  clock: Clock,
  create: CreateExecutor,
  run: (subject: ExecutorSubject) => Promise<void>,
): Promise<void> {
  const store = heldStore(createMemoryStore({ clock }));
  const opened: Executor[] = [];
  const open = async (limits: Partial<ActorLimits> = {}): Promise<Executor> => {
    const executor = await create({ store, limits: { ...DEFAULT_ACTOR_LIMITS, ...limits } });
    opened.push(executor);
    return executor;
  };
  try {
    await run({ clock, store, open });
  } finally {
    store.release();
    await Promise.all(
      opened.map((executor) => executor.close({ deadlineMs: clock.nowMs() + CLOSING_MS })),
    );
    await store.close();
  }
}

/** The session of tests that need only one. */
export const SESSION: SessionKey = { tenant: 'tenant-1', sessionId: 'session-1' };

const NEW_SESSION: NewSession = {
  parentId: null,
  fork: null,
  properties: {},
  systemPrompt: null,
  model: 'gpt-4o-mini',
};

/** Records a message of the user, in a session that is created on the way unless `create` is null. */
export function says(message: JsonValue, options: Partial<RecordEvent> = {}): Command {
  return {
    type: 'record-event',
    event: {
      id: null,
      message,
      source: 'user',
      type: 'message',
      metadata: {},
      parentEventId: undefined,
      taskId: null,
      model: 'gpt-4o-mini',
      provider: null,
      reportedUsage: null,
      reportedCostPico: null,
      tokenUsage: null,
    },
    policy: null,
    create: NEW_SESSION,
    idempotencyKey: null,
    ...options,
  };
}

/** A command for {@link SESSION}. */
export function execute(
  executor: Executor,
  command: Command,
  options: CallOptions = {},
): Promise<CommandReply> {
  return executor.execute({ key: SESSION, command, options });
}

/** What a call fails with, looked at later than it may fail. */
export function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => new Error('the call succeeded'),
    (error: unknown) => error,
  );
}

/** The messages of {@link SESSION} in the order of the log. */
export async function messagesIn(store: Store): Promise<readonly unknown[]> {
  const page = await store.read({ key: SESSION, fromPosition: 1, limit: 1000 });
  return (page?.records ?? []).flatMap((record) => {
    // A record is a version number and JSON; the suite only looks for what it put in.
    const event = JSON.parse(record.slice(record.indexOf('{'))) as {
      readonly event?: { readonly message?: unknown };
    };
    return event.event === undefined ? [] : [event.event.message];
  });
}
