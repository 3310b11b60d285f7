import { describe, expect, test } from 'vitest';
import {
  entryLine,
  entryLines,
  hasFailed,
  isFix,
  wasFixed,
} from '../../../src/procedures/tool-log-entry.ts';
import { averageMs, successRate } from '../../../src/procedures/tool-pattern.ts';
import type { ToolFixRelation } from '../../../src/procedures/tool-fix-relation.ts';
import { skillsOf, suggestionFor } from '../../../src/procedures/skill.ts';
import { TOOL_OUTCOMES } from '../../../src/procedures/tool-outcome.ts';
import { ToolMemoryManager } from '../../../src/runtime/tool-memory.ts';
import { aFixedFailure, aToolMemory, fail, succeed } from '../../lib/guards/a-tool-memory.ts';

describe('the log', () => {
  test('G-78, G-79, G-80: has ids in order, and knows failures', () => {
    const memory = aToolMemory();
    const entries = TOOL_OUTCOMES.map((outcome) =>
      memory.recordCall({ toolName: 't', outcome, precedingCallId: 'p' }),
    );

    expect(entries.map(({ id }) => id)).toEqual([
      'call-0001',
      'call-0002',
      'call-0003',
      'call-0004',
      'call-0005',
    ]);
    expect(entries.filter(hasFailed).map(({ outcome }) => outcome)).toEqual(['failure', 'timeout']);
    expect(entries[0]).toMatchObject({
      atMs: 1_000,
      precedingCallId: 'p',
      resultSummary: 'null',
      errorType: null,
    });
    expect(entries[3]).toMatchObject({ errorType: 'timeout', errorClass: 'timeout' });
  });

  test.each(TOOL_OUTCOMES)('G-W57: keeps no secret of a call that ended with %s', (outcome) => {
    const memory = aToolMemory();
    const long = `aborted at once ${'x y '.repeat(600)}`;
    const request = { password: 'hunter2', headers: { authorization: 'hunter2' } };
    for (const rest of [
      { result: { status: { token: 'hunter2' } } },
      { result: { error: 'bad', request } },
      { result: { result: { error: request } } },
      { result: `${'z '.repeat(46)}Bearer hunter2hunter2` },
      { errorMessage: `{"request":{"password":"hunter2"}}`, errorType: 'token=hunter2' },
      { errorMessage: 'Authorization: Bearer hunter2hunter2' },
      { errorMessage: long },
    ])
      memory.recordCall({ toolName: 'login', outcome, ...rest });

    expect(JSON.stringify(memory.toState())).not.toContain('hunter2');
    expect(memory.getCall('call-0007')?.errorMessage).toHaveLength(500);
  });

  test('G-W52: whatever a result is, the call is recorded; what is no JSON is refused before an id is taken', () => {
    const memory = aToolMemory();
    expect(() => memory.recordCall({ toolName: 't', outcome: 'success', result: 1n })).toThrow(
      'result',
    );
    expect(
      memory.recordCall({ toolName: 't', outcome: 'success', result: { status: 200 } }).id,
    ).toBe('call-0001');
  });

  test('G-81: shows a call in a line, or with what it has to do with fixes', () => {
    const memory = aToolMemory();
    aFixedFailure(memory);
    const [fix, failure] = [memory.getCall('call-0003')!, memory.getCall('call-0001')!];

    expect(entryLine(fix)).toBe('[✓] t: ok');
    expect(entryLines(failure, { withArguments: true })).toBe(
      '[✗] null\n    args: x=1\n    (fixed by call-0003)',
    );
    expect(entryLines(fix)).toBe('[✓] ok\n    (fixes call-0001: +y; x:1->2)');
  });

  test('G-92, G-W58, G-W69: is bounded, also when it comes from a larger one', () => {
    const large = aToolMemory();
    for (let index = 0; index < 50; index += 1)
      succeed(large, `t${index % 5}`, { args: { index } });
    const small = aToolMemory({ maxLogEntries: 10, maxTools: 2 });
    small.restore(JSON.parse(JSON.stringify(large.toState())));

    expect(small.stats()).toMatchObject({
      totalCalls: 10,
      totalRecorded: 50,
      toolsTracked: 2,
      successRate: 1,
    });
    expect(small.recentCalls({ limit: 1 })[0]?.id).toBe('call-0050');
    expect(small.recentCalls({ toolName: 't0', limit: 99 })).toHaveLength(2);
  });
});

describe('links between failures and fixes', () => {
  test('G-88, G-90, G-93, GV21: a success is linked to the failure that it put right', () => {
    const memory = aToolMemory();
    aFixedFailure(memory);
    const delta = { added: { y: 3 }, changed: { x: { from: 1, to: 2 } } };
    const [fix, failure] = [memory.getCall('call-0003')!, memory.getCall('call-0001')!];

    expect([failure.fixedBy, wasFixed(failure), fix.fixFor, isFix(fix)]).toEqual([
      'call-0003',
      true,
      ['call-0001'],
      true,
    ]);
    expect(fix.deltaArguments).toEqual(delta);
    expect(memory.fixRelations()).toEqual([
      {
        toolName: 't',
        failedCallId: 'call-0001',
        successCallId: 'call-0003',
        deltaArguments: delta,
      },
    ]);
    expect(memory.getFixForError('t', 'unsat')).toEqual(delta);
    expect(memory.getPattern('t')?.successPatterns).toHaveLength(1);
    expect(succeed(memory, 't', { args: { x: 1 } }).fixFor).toEqual([]);
  });

  test('G-88, GV21: looks no further back than the window', () => {
    const memory = aToolMemory({ fixDetectionWindow: 2 });
    fail(memory, 't', { args: { x: 1 } });
    for (let index = 0; index < 5; index += 1) succeed(memory, 'other');

    expect(succeed(memory, 't', { args: { x: 2, y: 3 } }).fixFor).toEqual([]);
  });

  test('G-89, G-W53, GV22: a repetition with success is no fix, and says nothing of earlier failures', () => {
    const memory = aToolMemory();
    fail(memory, 't', { args: { x: 1 }, type: 'e1' });
    fail(memory, 't', { args: { x: 2 }, type: 'e2' });
    const success = succeed(memory, 't', { args: { x: 2 } });

    expect(success).toMatchObject({ fixFor: [], retryOf: 'call-0002' });
  });

  test('G-89: a repetition after a failure that passes by itself leaves earlier failures to be fixed', () => {
    const memory = aToolMemory();
    fail(memory, 't', { args: { x: 1 }, text: 'x must be at least 2' });
    fail(memory, 't', { args: { x: 2 }, text: 'connection reset' });

    expect(succeed(memory, 't', { args: { x: 2 } })).toMatchObject({
      fixFor: ['call-0001'],
      retryOf: 'call-0002',
    });
  });

  test('G-89, G-W53: a success with something else is no fix', () => {
    const memory = aToolMemory();
    fail(memory, 'weather', { args: { city: '' } });
    fail(memory, 'order', { args: { id: 'AB12' }, text: 'not found' });

    expect(succeed(memory, 'weather', { args: { city: 'Rome' } }).fixFor).toEqual([]);
    expect(succeed(memory, 'order', { args: { id: 'XY98' } }).fixFor).toEqual([]);
  });

  test('all attempts at the same thing are linked, and what the failure named counts', () => {
    const memory = aToolMemory();
    fail(memory, 'rent', { args: { day: 'tomorrow', city: 'Rome' }, text: 'day must be a date' });
    fail(memory, 'rent', { args: { day: 'Friday', city: 'Rome' }, text: 'day must be a date' });

    expect(succeed(memory, 'rent', { args: { day: '2026-02-01', city: 'Rome' } }).fixFor).toEqual([
      'call-0002',
      'call-0001',
    ]);
    expect(memory.getPattern('rent')?.errorPatterns).toMatchObject([
      { errorType: 'validation', count: 2, typicalFix: expect.stringContaining('change day') },
    ]);
  });

  test('G-91, G-W66: who wants to know of fixes cannot harm the memory', () => {
    const told: ToolFixRelation[] = [];
    const errors: unknown[] = [];
    const memory = aToolMemory({
      onFixDetected: (relation) => {
        told.push(relation);
        throw new Error('mine');
      },
      onCallbackError: (error) => errors.push(error),
    });
    aFixedFailure(memory);

    expect([told.length, errors.length, memory.stats().totalFixesDetected]).toEqual([1, 1, 1]);
  });

  test('G-W56: a failure without a word of its own is classified, and can be fixed', () => {
    const memory = aToolMemory();
    fail(memory, 't', { args: { a: 'x1y2', b: 1 }, text: 'HTTP 404' });
    succeed(memory, 't', { args: { a: 'x1y2', b: 2 } });

    expect(memory.getFixForError('t', 'not_found')).toEqual({ changed: { b: { from: 1, to: 2 } } });
  });
});

describe('patterns', () => {
  test('G-84, G-W59, GV20: average over the calls whose time is known', () => {
    const memory = aToolMemory();
    for (const executionTimeMs of [undefined, 100, 200]) {
      memory.recordCall({ toolName: 't', outcome: 'success', executionTimeMs });
    }
    memory.recordCall({ toolName: 'fast', outcome: 'partial', executionTimeMs: 0 });

    expect(averageMs(memory.getPattern('t')!)).toBe(150);
    expect(averageMs(memory.getPattern('fast')!)).toBe(0);
    expect(memory.getPattern('fast')).toMatchObject({
      totalCalls: 1,
      successCount: 0,
      failureCount: 0,
    });
    expect(successRate(memory.getPattern('t')!)).toBe(1);
  });

  test('G-85, G-W60: common arguments by how often they came, true and 1 apart', () => {
    const memory = aToolMemory();
    for (const x of [1, 2, true, 2, 3, 4, 5, 6, 2]) succeed(memory, 't', { args: { x } });

    const common = memory.getPattern('t')?.commonArguments['x'] ?? [];
    expect(common[0]).toEqual({ value: 2, count: 3 });
    expect(common).toHaveLength(5);
  });

  test('G-86, G-W61: kinds of failures by when they came last, with the goals', () => {
    const memory = aToolMemory();
    for (let index = 0; index < 7; index += 1) fail(memory, 't', { type: 'a', goal: `g${index}` });
    fail(memory, 't', { type: 'b' });
    fail(memory, 't', { type: 'a', goal: 'g6' });

    expect(memory.getPattern('t')?.errorPatterns).toMatchObject([
      { errorType: 'b', count: 1, contexts: [] },
      { errorType: 'a', count: 8, contexts: ['g2', 'g3', 'g4', 'g5', 'g6'] },
    ]);
  });

  test('G-87, G-W57: so many of each', () => {
    const memory = aToolMemory({ maxPatternsPerTool: 3 });
    for (let index = 0; index < 9; index += 1) {
      fail(memory, 't', { type: `e${index}` });
      succeed(memory, 't', { goal: `reach goal${index}` });
    }

    expect(memory.getPattern('t')?.errorPatterns.map(({ errorType }) => errorType)).toEqual([
      'e6',
      'e7',
      'e8',
    ]);
    expect(memory.getPattern('t')?.successPatterns).toHaveLength(3);
  });

  test.each([
    ['get_order', { orderId: 1001 }, { orderId: 1002 }, 'no such order'],
    ['get_order', { orderId: 1001 }, { orderId: 1002 }, 'orderId 1001 does not exist'],
    [
      'refund',
      { order: 'ORD-10001', reason: 'damaged' },
      { order: 'ORD-10002', reason: 'damaged' },
      'ORD-10001: order already refunded',
    ],
  ])('a call of %s about another thing put nothing right', (...row) => {
    const [tool, first, second, text] = row;
    const memory = aToolMemory();
    fail(memory, tool, { args: first, text, goal: 'look after my orders' });
    succeed(memory, tool, { args: second, goal: 'look after my orders' });

    expect(memory.fixRelations()).toEqual([]);
  });

  test('what a failure offered put it right', () => {
    const memory = aToolMemory();
    fail(memory, 'get_order', {
      args: { order: 'ORD-10001' },
      text: 'unknown order, did you mean ORD-20007?',
    });
    succeed(memory, 'get_order', { args: { order: 'ORD-20007' } });

    expect(memory.fixRelations()).toHaveLength(1);
  });

  test('calls that have nothing in common, or a goal that says nothing, are no skill', () => {
    const memory = aToolMemory();
    for (const to of ['ann', 'bob', 'cy']) {
      succeed(memory, 'transfer', { args: { to }, goal: 'pay the next friend' });
      succeed(memory, 'send', { args: { to: 'ann' }, goal: 'ok' });
    }

    expect(skillsOf(memory)).toEqual([]);
    const request = { toolName: 'transfer', errorType: null, goal: 'pay the next friend' };
    expect(suggestionFor(memory, request)).toBeNull();
    expect(suggestionFor(memory, { ...request, toolName: 'send', goal: 'ok' })).toBeNull();
    expect(suggestionFor(memory, { ...request, toolName: 'send', goal: 'Pay for the book' })).toBe(
      null,
    );
  });

  test('G-93, G-94, G-W54, G-W55: arguments for a goal are learnt, as far as successes agree', () => {
    const memory = aToolMemory();
    succeed(memory, 'search', { args: { lang: 'it', q: 'a' }, goal: 'find restaurants in Rome' });
    succeed(memory, 'search', { args: { lang: 'it', q: 'b' }, goal: 'find restaurants in Rome' });

    expect(
      memory.getSuccessfulArgumentsFor('search', 'find good restaurants in Rome tonight'),
    ).toEqual({ lang: 'it' });
    expect(memory.getSuccessfulArgumentsFor('search', 'Restaurants in Rome')).toEqual({
      lang: 'it',
    });
    expect(memory.getSuccessfulArgumentsFor('search', 'book a car')).toBeNull();
  });
});

describe('finding calls', () => {
  test('G-93, G-W62, G-W68: by all that is asked, the latest first, none for a limit of 0', () => {
    const memory = aToolMemory();
    aFixedFailure(memory);
    succeed(memory, 't', { goal: 'Book a Flight' });
    const ids = (filter: Parameters<typeof memory.findCalls>[0]): readonly string[] =>
      memory.findCalls(filter).map(({ id }) => id);

    expect(ids({ toolName: 't' })).toEqual(['call-0004', 'call-0003', 'call-0001']);
    expect(ids({ goalContains: 'flight' })).toEqual(['call-0004']);
    expect(ids({ outcome: 'failure', errorType: 'unsat' })).toEqual(['call-0001']);
    expect([ids({ onlyFixes: true }), ids({ onlyFixed: true })]).toEqual([
      ['call-0003'],
      ['call-0001'],
    ]);
    expect([
      ids({ limit: 0 }),
      memory.recentCalls({ limit: 0 }),
      memory.recentCalls({ limit: 1 }).length,
    ]).toEqual([[], [], 1]);
  });

  test('by likeness of arguments, goals and failures', () => {
    const memory = aToolMemory();
    succeed(memory, 'book', { args: { from: 'Lisbon', to: 'Oslo' } });
    succeed(memory, 'book', { args: { from: 'Paris', to: 'Rome' } });
    fail(memory, 'pay', { args: { card: 'visa' }, text: 'balance too low' });

    expect(memory.searchCalls({ to: 'Oslo' })[0]?.id).toBe('call-0001');
    expect(memory.searchCalls('low balance').map(({ id }) => id)).toEqual(['call-0003']);
    succeed(memory, 'hotel', { args: { city: 'Oslo' } });
    expect(memory.searchCalls('Oslo', { toolName: 'hotel' }).map(({ id }) => id)).toEqual([
      'call-0004',
    ]);
    expect(memory.searchCalls('Oslo', { limit: 0 })).toEqual([]);
    memory.reset();
    expect(memory.searchCalls('Oslo')).toEqual([]);
  });
});

describe('keeping a memory', () => {
  test('G-95, G-96, G-97: comes back from its text', () => {
    const memory = aToolMemory({ sessionId: 's' });
    aFixedFailure(memory);
    const copy = aToolMemory({ sessionId: 's' });
    copy.restore(JSON.parse(JSON.stringify(memory.toState())));

    expect(copy.toState()).toEqual(memory.toState());
    expect(copy.stats()).toEqual({
      sessionId: 's',
      totalCalls: 3,
      totalRecorded: 3,
      successCount: 2,
      failureCount: 1,
      successRate: 2 / 3,
      totalFixesDetected: 1,
      toolsTracked: 2,
    });
    expect(succeed(copy, 'u').id).toBe('call-0004');
  });

  test.each([
    [null, 'CORRUPT_RECORD'],
    [{ version: 2 }, 'SCHEMA_TOO_NEW'],
    [{ version: 1, nextNumber: 1, entries: [{}], patterns: [], fixes: [] }, 'CORRUPT_RECORD'],
    [{ version: 1, nextNumber: 1, entries: [], patterns: [1], fixes: [] }, 'CORRUPT_RECORD'],
    [{ version: 1, entries: [], patterns: [], fixes: [] }, 'CORRUPT_RECORD'],
  ])('G-96, G-W67: what cannot be read is refused, and the memory stays: %j', (state, code) => {
    const memory = aToolMemory();
    succeed(memory, 't');

    expect(() => memory.restore(state)).toThrow(expect.objectContaining({ code }));
    expect(memory.stats().totalCalls).toBe(1);
  });

  test('refuses options that do not exist or cannot be', () => {
    expect(() => new ToolMemoryManager({ maxEntries: 1 } as object)).toThrow('options');
    expect(() => new ToolMemoryManager({ maxLogEntries: 0 })).toThrow('options.maxLogEntries');
  });
});
