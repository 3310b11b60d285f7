import type { Command, Decision, NewEvent, NewSession } from '../../src/domain/command.ts';
import { decide } from '../../src/domain/decide.ts';
import type { DecisionEnvironment } from '../../src/domain/environment.ts';
import { evolve, evolveAll } from '../../src/domain/evolve.ts';
import type { SessionKey } from '../../src/domain/ids.ts';
import type { LogEvent } from '../../src/domain/log-event.ts';
import type { HistoryEntry } from '../../src/domain/recorded-event.ts';
import type { SegmentPolicy } from '../../src/domain/segment.ts';
import { addEntries, createHistory, toSession } from '../../src/domain/session-history.ts';
import type { Session } from '../../src/domain/session.ts';
import type { SessionState } from '../../src/domain/session-state.ts';
import { aNewEvent, aNewSession } from './commands.ts';
import { anEnvironment } from './environment.ts';

/** How a test session begins; `session: null` leaves it uncreated. */
export interface TestSessionOptions {
  readonly key?: Partial<SessionKey>;
  readonly session?: Partial<NewSession> | null;
  readonly policy?: SegmentPolicy | null;
  readonly env?: Partial<DecisionEnvironment>;
}

/** A session without actor and store: commands are decided and folded on the spot, and the whole log is at hand. */
export class TestSession {
  readonly key: SessionKey;
  readonly entries: HistoryEntry[];
  readonly #env: DecisionEnvironment;
  policy: SegmentPolicy | null;
  nowMs: number;
  current: SessionState | null = null;
  /** What a fork begins from. */
  readonly #origin: SessionState | null;

  constructor(options: TestSessionOptions, shared: readonly HistoryEntry[] = []) {
    this.key = { tenant: 'tenant-1', sessionId: 'session-1', ...options.key };
    this.policy = options.policy ?? null;
    this.#env = anEnvironment(options.env);
    this.nowMs = this.#env.nowMs;
    this.entries = [...shared];
    this.#origin = evolveAll(
      null,
      shared.map((entry) => entry.event),
    );
  }

  /** The state; the session has to exist. */
  get state(): SessionState {
    if (this.current === null) throw new TypeError('the session was not created');
    return this.current;
  }

  /** What a command would come to. */
  decide(command: Command): Decision {
    const env = { ...this.#env, nowMs: this.nowMs };
    return decide({ key: this.key, state: this.current, env }, command);
  }

  /** Decides and folds; a refusal is thrown. */
  run(command: Command): Decision {
    const decision = this.decide(command);
    if (decision.kind === 'rejected') throw decision.error;
    if (decision.kind === 'accepted') this.apply(decision.events);
    return decision;
  }

  /** Folds events as they are. */
  apply(events: readonly LogEvent[]): this {
    for (const event of events) {
      this.current = evolve(this.current ?? this.#origin, event);
      this.entries.push({ position: this.entries.length + 1, event });
    }
    return this;
  }

  /** Records a user message unless said otherwise. */
  record(event: Partial<NewEvent> = {}, idempotencyKey: string | null = null): Decision {
    return this.run({
      type: 'record-event',
      event: aNewEvent(event),
      policy: this.policy,
      create: null,
      idempotencyKey,
    });
  }

  says(message: NewEvent['message'], options: Partial<NewEvent> = {}): this {
    this.record({ message, ...options });
    return this;
  }

  answers(message: NewEvent['message'], options: Partial<NewEvent> = {}): this {
    this.record({ message, source: 'llm', ...options });
    return this;
  }

  usesTool(message: NewEvent['message'], options: Partial<NewEvent> = {}): this {
    this.record({ message, source: 'system', type: 'tool_call', ...options });
    return this;
  }

  advance(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  /** A fork of the first `position` records. */
  fork(sessionId: string, position: number = this.state.version): TestSession {
    const shared = this.entries.slice(0, position);
    const key = { ...this.key, sessionId };
    const fork = new TestSession({ key, policy: this.policy, env: this.#env }, shared);
    fork.nowMs = this.nowMs;
    fork.run({
      type: 'create',
      session: aNewSession({
        parentId: this.key.sessionId,
        fork: { sessionId: this.key.sessionId, lifeId: this.state.lifeId, position },
      }),
    });
    return fork;
  }

  /** The read model of the whole log. */
  toSession(): Session {
    return toSession(addEntries(createHistory(this.key), this.entries));
  }
}

/** A session that exists unless `session` is null. */
export function aSession(options: TestSessionOptions = {}): TestSession {
  const session = new TestSession(options);
  if (options.session !== null) {
    session.run({ type: 'create', session: aNewSession(options.session) });
  }
  return session;
}
