import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ToolLog } from '../../../src/api/tool-log.ts';
import { isJsonObject, parseJsonObject, parseJsonValue } from '../../../src/domain/json.ts';
import type { SessionEvent } from '../../../src/domain/session-event.ts';
import type { ToolStateOptions } from '../../../src/guards/tool-state-options.ts';
import { anEvent } from '../../lib/events.ts';

const OPTIONS: ToolStateOptions = {
  limits: { executionBudget: 1_000, toolBudgetTotal: 1_000, perToolCap: 7 },
  bindings: { maxBindings: 4 },
  cache: { maxEntries: 3, ttlMs: 5_000 },
  tools: { tools: { find: { effect: 'read', isCacheable: true }, book: { effect: 'write' } } },
};

const value = fc.oneof(
  fc.constantFrom<unknown>(0, 1, 7.5, '7.5', 'none', null, [], { total: 12.25 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const args = fc.oneof(
  fc.constantFrom<object>({}, { x: 7.5 }, { x: '$v1' }, { q: 'a', limit: 3 }),
  fc.dictionary(fc.constantFrom('x', 'q', 'limit', '10', 'ü'), value, { maxKeys: 3 }),
);
const decision = fc.record(
  {
    verdict: fc.constantFrom('allow', 'warn', 'block'),
    findings: fc.constant([]),
    used: fc.uniqueArray(fc.constantFrom('v1', 'v2', 'v3', 'v40'), { maxLength: 2 }),
    isBound: fc.boolean(),
    isReused: fc.boolean(),
    writesBefore: fc.nat({ max: 9 }),
    resultDigest: fc.constantFrom('a', 'b'),
  },
  { requiredKeys: ['verdict', 'findings', 'used', 'isBound'] },
);
const tool = fc.constantFrom('find', 'Find', 'book', 'sqrt', 'normal_cdf', 'search_tools', 'a.b');

const call = fc
  .tuple(tool, args, value, fc.boolean(), fc.option(decision, { nil: undefined }))
  .map<Partial<SessionEvent>>(([name, given, result, success, guards]) => ({
    type: 'tool_call',
    source: 'system',
    message: parseJsonObject(
      { tool: name, arguments: given, result, error: success ? null : 'bad', success },
      'message',
    ),
    metadata: parseJsonObject(guards === undefined ? {} : { guards }, 'metadata'),
  }));
const other = fc.oneof(
  fc
    .constantFrom('take 7.5 of 12', 'go', 'half a dozen')
    .map<Partial<SessionEvent>>((message) => ({ message })),
  fc.constant<Partial<SessionEvent>>({ source: 'llm', message: 'x = 3.25' }),
  value.map<Partial<SessionEvent>>((message) => ({
    type: 'tool_call',
    source: 'system',
    message: parseJsonValue(message ?? null, 'message'),
  })),
);
const step = fc.oneof({ weight: 5, arbitrary: call }, { weight: 1, arbitrary: other });

/** A log of single steps, or one that goes beyond what is remembered of any kind. */
const log = fc.oneof(
  fc.array(step, { maxLength: 40 }),
  fc
    .tuple(fc.array(step, { minLength: 3, maxLength: 9 }), fc.integer({ min: 100, max: 400 }))
    .map(([steps, rounds]) => longLog(steps, rounds)),
);

/** The same steps over and over, with numbers of their own. */
function longLog(
  steps: readonly Partial<SessionEvent>[],
  rounds: number,
): readonly Partial<SessionEvent>[] {
  return Array.from({ length: rounds }, (_, round) =>
    steps.map((part) => numbered(part, round)),
  ).flat();
}

function numbered(part: Partial<SessionEvent>, round: number): Partial<SessionEvent> {
  const { message, type } = part;
  if (type !== 'tool_call' || !isJsonObject(message)) return part;
  const number = round + 0.125;
  const numbers = Array.from({ length: 32 }, (_, index) => index * 1_000 + number);
  return { ...part, message: { ...message, result: round % 2 === 0 ? number : numbers } };
}

function fold(onto: ToolLog, steps: readonly Partial<SessionEvent>[], from: number): ToolLog {
  for (const [index, part] of steps.entries()) {
    const position = from + index + 1;
    onto.observe(anEvent({ ...part, id: `e${position}`, timestampMs: position * 1_000 }), position);
  }
  return onto;
}

/** A log that goes on from what another one says of itself, as it comes back from a store. */
function restored(from: ToolLog): ToolLog {
  const copy = new ToolLog(OPTIONS);
  copy.restore(JSON.parse(JSON.stringify(from.snapshot())));
  return copy;
}

describe('the state of tools in a log', () => {
  test('G-77, G-W17: is the same from the whole log and from a snapshot at any points and what came since', () => {
    const cuts = fc.array(fc.nat(999), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(log, cuts, (steps, thousandths) => {
        const whole = fold(new ToolLog(OPTIONS), steps, 0);
        const points = thousandths
          .map((share) => Math.floor((share * (steps.length + 1)) / 1_000))
          .toSorted(byNumber);
        let parts = new ToolLog(OPTIONS);
        for (const point of points)
          parts = restored(fold(parts, steps.slice(parts.position, point), parts.position));
        fold(parts, steps.slice(parts.position), parts.position);

        expect(parts.snapshot()).toEqual(whole.snapshot());
        // What is remembered without being told in a snapshot would show in the next calls.
        const next = [
          ['find', { x: 7.5 }],
          ['normal_cdf', { x: '$v1', y: 12.25 }],
          ['book', { total: 3.25 }],
        ] as const;
        for (const [name, given] of next)
          expect(parts.state.beginCall(name, given)).toEqual(whole.state.beginCall(name, given));
        expect(parts.snapshot()).toEqual(whole.snapshot());
        expect(steps.map((_, index) => parts.bindingIdOf(`e${index + 1}`))).toEqual(
          steps.map((_, index) => whole.bindingIdOf(`e${index + 1}`)),
        );
      }),
    );
  }, 60_000);
});

function byNumber(left: number, right: number): number {
  return left - right;
}
