import { expectTypeOf, test } from 'vitest';

import type { Command, Decision } from '../../../src/domain/command.ts';
import type { decide } from '../../../src/domain/decide.ts';
import type { ErrorCode } from '../../../src/domain/error-codes.ts';
import type { PagefoldError } from '../../../src/domain/errors.ts';
import type { evolve } from '../../../src/domain/evolve.ts';
import type { LogEvent } from '../../../src/domain/log-event.ts';
import type { RecordedEvent } from '../../../src/domain/recorded-event.ts';
import type { RunStatus, SessionRun } from '../../../src/domain/run.ts';
import type { EventSource, EventType, SessionEvent } from '../../../src/domain/session-event.ts';
import type { parseSession, sessionToJson } from '../../../src/domain/session-json.ts';
import type { SessionState } from '../../../src/domain/session-state.ts';
import type { SessionStats } from '../../../src/domain/session-stats.ts';
import type { Session, tokenUsageByRun, tokenUsageBySource } from '../../../src/domain/session.ts';
import type { TokenSummary } from '../../../src/domain/token-summary.ts';

test('C-1: sources are a closed union', () => {
  expectTypeOf<EventSource>().toEqualTypeOf<'user' | 'llm' | 'system'>();
});

test('C-2: types are a closed union', () => {
  expectTypeOf<EventType>().toEqualTypeOf<
    | 'message'
    | 'summary'
    | 'tool_call'
    | 'reference'
    | 'context_bridge'
    | 'tool_trace'
    | 'tool_pattern'
    | 'tool_fix'
  >();
});

test('C-3: run statuses are a closed union', () => {
  expectTypeOf<RunStatus>().toEqualTypeOf<
    'pending' | 'running' | 'completed' | 'failed' | 'cancelled'
  >();
});

test('nothing that is stored or given out can be assigned to', () => {
  expectTypeOf<Session>().toEqualTypeOf<Readonly<Session>>();
  expectTypeOf<SessionState>().toEqualTypeOf<Readonly<SessionState>>();
  expectTypeOf<SessionEvent>().toEqualTypeOf<Readonly<SessionEvent>>();
  expectTypeOf<SessionRun>().toEqualTypeOf<Readonly<SessionRun>>();
  expectTypeOf<SessionStats>().toEqualTypeOf<Readonly<SessionStats>>();
  expectTypeOf<Session['events']>().toEqualTypeOf<readonly RecordedEvent[]>();
});

test('C-6: a session has its fields, none of them optional', () => {
  expectTypeOf<Session>().toEqualTypeOf<Required<Session>>();
  expectTypeOf<keyof Session>().toEqualTypeOf<
    | 'id'
    | 'tenant'
    | 'version'
    | 'metadata'
    | 'parentId'
    | 'childIds'
    | 'taskIds'
    | 'runs'
    | 'events'
    | 'state'
    | 'tokenSummary'
    | 'systemPrompt'
    | 'segments'
    | 'fork'
  >();
});

test('C-29: stats have the thirteen fields, none of them optional', () => {
  expectTypeOf<SessionStats>().toEqualTypeOf<Required<SessionStats>>();
  expectTypeOf<SessionStats>().toExtend<{
    readonly sessionId: string;
    readonly sessionSegments: number;
    readonly sessionChain: readonly string[] | null;
    readonly totalMessages: number;
    readonly totalEvents: number;
    readonly userMessages: number;
    readonly aiMessages: number;
    readonly toolCalls: number;
    readonly totalTokens: number;
    readonly estimatedCost: number;
    readonly createdAt: string;
    readonly lastUpdate: string;
    readonly infiniteContext: boolean;
  }>();
});

test('the core is synchronous', () => {
  expectTypeOf<typeof decide>().returns.toEqualTypeOf<Decision>();
  expectTypeOf<typeof evolve>().returns.toEqualTypeOf<SessionState>();
  expectTypeOf<typeof evolve>().parameters.toEqualTypeOf<[SessionState | null, LogEvent]>();
});

test('only an accepted decision has events, only a refused one an error', () => {
  expectTypeOf<Decision['kind']>().toEqualTypeOf<
    'accepted' | 'unchanged' | 'repeated' | 'rejected'
  >();
  expectTypeOf<Extract<Decision, { kind: 'accepted' }>['events']>().toEqualTypeOf<
    readonly LogEvent[]
  >();
  expectTypeOf<Extract<Decision, { kind: 'unchanged' }>>().not.toHaveProperty('events');
  expectTypeOf<Extract<Decision, { kind: 'rejected' }>['error']>().toExtend<PagefoldError>();
});

test('a correction names the place and the figures it was made from', () => {
  type Correction = Extract<Command, { type: 'change-event-usage' }>;
  expectTypeOf<Correction['eventPosition']>().toEqualTypeOf<number>();
  expectTypeOf<Correction['basisVersion']>().toEqualTypeOf<number>();
  expectTypeOf<Correction['before']>().toEqualTypeOf<Correction['after']>();
});

test('C-52: a source may be missing, C-53: the run of none may not be assumed', () => {
  expectTypeOf<ReturnType<typeof tokenUsageBySource>['llm']>().toEqualTypeOf<
    TokenSummary | undefined
  >();
  expectTypeOf<ReturnType<typeof tokenUsageByRun>>().toEqualTypeOf<
    Readonly<Record<string, TokenSummary>>
  >();
});

test('C-30: the written session has times as text, and reading takes anything', () => {
  type Written = ReturnType<typeof sessionToJson>;
  expectTypeOf<Written['metadata']['createdAt']>().toEqualTypeOf<string>();
  expectTypeOf<Written['events'][number]>().not.toHaveProperty('timestampMs');
  expectTypeOf<Written['runs'][number]['endedAt']>().toEqualTypeOf<string | null>();
  expectTypeOf<typeof parseSession>().toEqualTypeOf<(value: unknown) => Session>();
});

test('an error code is one of the table', () => {
  expectTypeOf<PagefoldError['code']>().toEqualTypeOf<ErrorCode>();
  expectTypeOf<'SCHEMA_TOO_NEW'>().toExtend<ErrorCode>();
  expectTypeOf<'NO_SUCH_CODE'>().not.toExtend<ErrorCode>();
});
