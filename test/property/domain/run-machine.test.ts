import assert from 'node:assert/strict';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  RUN_CALLS,
  RUN_STATUSES,
  runDurationSeconds,
  type RunStatus,
} from '../../../src/domain/run.ts';
import { activeRun } from '../../../src/domain/session.ts';
import { aSession, type TestSession } from '../../lib/session.ts';

/** What is known about one run without looking at it. */
interface RunModel {
  readonly id: string;
  status: RunStatus;
  startedAtMs: number;
  endedAtMs: number | null;
  toolCalls: string[];
}

interface Model {
  readonly runs: RunModel[];
  nowMs: number;
}

type RunCommand = fc.Command<Model, TestSession>;

class Start implements RunCommand {
  check(): boolean {
    return true;
  }

  run(model: Model, session: TestSession): void {
    const id = `r${model.runs.length}`;
    session.run({ type: 'start-run', runId: id, metadata: {} });
    const startedAtMs = model.nowMs;
    model.runs.push({ id, status: 'pending', startedAtMs, endedAtMs: null, toolCalls: [] });
    assert.throws(() => session.run({ type: 'start-run', runId: id, metadata: {} }), /exists/);
  }

  toString(): string {
    return 'start';
  }
}

/** Moves a run; the statuses are listed here once more, since the table under test must not judge itself. */
class Move implements RunCommand {
  readonly nth: number;
  readonly to: RunStatus;

  constructor(nth: number, to: RunStatus) {
    this.nth = nth;
    this.to = to;
  }

  check(model: Readonly<Model>): boolean {
    return model.runs.length > 0;
  }

  run(model: Model, session: TestSession): void {
    const run = model.runs[this.nth % model.runs.length]!;
    const isEnded = run.status !== 'pending' && run.status !== 'running';
    const isStep =
      !isEnded &&
      (this.to === 'failed' ||
        this.to === 'cancelled' ||
        (run.status === 'pending' ? this.to === 'running' : this.to === 'completed'));
    const move = (): unknown =>
      session.run({ type: 'move-run', runId: run.id, to: this.to, reason: undefined });
    if (!isStep) {
      assert.throws(move, { operation: RUN_CALLS[this.to] });
      return;
    }
    move();
    run.status = this.to;
    if (this.to === 'running') run.startedAtMs = model.nowMs;
    else run.endedAtMs = model.nowMs;
  }

  toString(): string {
    return `move ${this.nth} to ${this.to}`;
  }
}

class AddToolCall implements RunCommand {
  readonly nth: number;
  readonly event: number;

  constructor(nth: number, event: number) {
    this.nth = nth;
    this.event = event;
  }

  check(model: Readonly<Model>): boolean {
    return model.runs.length > 0;
  }

  run(model: Model, session: TestSession): void {
    const run = model.runs[this.nth % model.runs.length]!;
    const eventId = `e${this.event}`;
    session.run({ type: 'add-run-tool-call', runId: run.id, eventId });
    if (!run.toolCalls.includes(eventId)) run.toolCalls.push(eventId);
  }

  toString(): string {
    return `tool call e${this.event} of ${this.nth}`;
  }
}

class Wait implements RunCommand {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, session: TestSession): void {
    model.nowMs += this.ms;
    session.advance(this.ms);
  }

  toString(): string {
    return `wait ${this.ms} ms`;
  }
}

const commands = fc.commands(
  [
    fc.constant(new Start()),
    fc.tuple(fc.nat(9), fc.constantFrom(...RUN_STATUSES)).map(([nth, to]) => new Move(nth, to)),
    fc.tuple(fc.nat(9), fc.nat(3)).map(([nth, event]) => new AddToolCall(nth, event)),
    fc.nat(5000).map((ms) => new Wait(ms)),
  ],
  { maxCommands: 60, size: 'max' },
);

describe('the runs of a session', () => {
  test('C-24: follow the status machine under any sequence of commands', () => {
    fc.assert(
      fc.property(commands, (sequence) => {
        const session = aSession();
        const model: Model = { runs: [], nowMs: session.nowMs };
        fc.modelRun(() => ({ model, real: session }), sequence);
        const read = session.toSession();
        expect(read.runs).toEqual(model.runs.map((run) => ({ ...run, metadata: {} })));
        const running = model.runs.filter((run) => run.status === 'running');
        expect(activeRun(read)?.id ?? null).toBe(running.at(-1)?.id ?? null);
        for (const run of read.runs) expect(runDurationSeconds(run) ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
