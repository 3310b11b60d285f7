import fc from 'fast-check';
import type { JsonValue } from '../../../../src/domain/json.ts';
import type { SaidEvent } from '../../../lib/memory/memory-log.ts';
import { histories } from '../histories.ts';

/** One thing that happens to a session with a memory. */
export type Step =
  | { readonly kind: 'said'; readonly event: SaidEvent }
  | { readonly kind: 'closed'; readonly text: string }
  | { readonly kind: 'improved'; readonly segment: number; readonly text: string }
  | { readonly kind: 'built'; readonly maxTokens: number; readonly question?: string | null }
  | { readonly kind: 'pinned'; readonly page: number; readonly isPinned: boolean }
  | { readonly kind: 'faulted'; readonly page: number; readonly level: 0 | 1 | 2 | 3 };

const SUBJECTS = ['harbour', 'violin', 'glacier', 'invoice', 'orchard', 'telescope', 'bridge'];

/** Texts that questions can be about, some of them long. */
const sayings = fc
  .tuple(fc.constantFrom(...SUBJECTS), fc.nat(9_999), fc.constantFrom(1, 1, 3, 12, 60))
  .map(([subject, number, count]) =>
    Array.from(
      { length: count },
      (_, at) => `Part ${at} of the ${subject} has number ${number + at * 7} and was seen by us.`,
    ).join(' '),
  );

const questions = fc.oneof(
  fc.constantFrom(...SUBJECTS).map((subject) => `What was the number of the ${subject}?`),
  fc.constantFrom(...SUBJECTS).map((subject) => `Do you remember what I said about the ${subject}`),
  sayings,
);

function message(source: 'user' | 'llm' | 'system', value: JsonValue): Step {
  return { kind: 'said', event: { message: value, source, type: 'message' } };
}

function toolUse(value: JsonValue): Step {
  return { kind: 'said', event: { message: value, source: 'system', type: 'tool_call' } };
}

/** A question, perhaps with parallel calls and their results, and an answer: well-formed. */
const exchanges: fc.Arbitrary<readonly Step[]> = fc
  .record({ asked: questions, answer: sayings, results: fc.array(sayings, { maxLength: 3 }) })
  .map(({ asked, answer, results }) => {
    const calls = results.map((_, at) => ({
      id: `c${at}`,
      function: { name: 'look_up', arguments: `{"at":${at}}` },
    }));
    return [
      message('user', asked),
      ...(calls.length === 0 ? [] : [message('llm', { content: null, tool_calls: calls })]),
      ...results.map((result, at) =>
        toolUse({ callId: `c${at}`, tool: 'look_up', arguments: { at }, result }),
      ),
      message('llm', answer),
    ];
  });

/** A text of one piece, or of words. */
const bulks = fc
  .tuple(
    fc.constantFrom(' ', ' ', ''),
    fc.constantFrom(...SUBJECTS),
    fc.integer({ min: 1, max: 500 }),
  )
  .map(([gap, subject, count]) =>
    Array.from({ length: count }, (_, at) => `${subject}${at * 7}`).join(gap),
  );

/** Arguments as models write them, some of them far longer than a context, and some that are no JSON. */
const bulkyArguments: fc.Arbitrary<string> = fc.oneof(
  bulks.map((content) => JSON.stringify({ path: 'src/a.ts', content })),
  bulks.map((content) => JSON.stringify({ rows: content.split(' ') })),
  bulks,
);

/** Work in which the model writes much: rounds of calls whose arguments are long, with short results as a rule. */
const writings: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.oneof(questions, bulks),
    fc.array(
      fc.record({
        said: fc.constantFrom(null, 'I write it.'),
        calls: fc.array(fc.tuple(bulkyArguments, fc.oneof(fc.constant('ok'), bulks)), {
          minLength: 1,
          maxLength: 3,
        }),
        isAnswered: fc.constantFrom(true, true, true, false),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([asked, rounds]) => [
    message('user', asked),
    ...rounds.flatMap(({ said, calls, isAnswered }, round) => [
      message('llm', {
        content: said,
        tool_calls: calls.map(([text], at) => ({
          id: `w${round}_${at}`,
          function: { name: 'write_file', arguments: text },
        })),
      }),
      ...calls
        .slice(isAnswered ? 0 : 1)
        .map(([, result], at) =>
          toolUse({ callId: `w${round}_${at}`, tool: 'write_file', result }),
        ),
    ]),
  ]);

/** Whatever can be recorded, however odd. */
const oddities: fc.Arbitrary<readonly Step[]> = histories.map((events) =>
  events.slice(0, 8).map(({ message: value, source, type }): Step => ({
    kind: 'said',
    event: { message: value, source, type },
  })),
);

const interventions: fc.Arbitrary<readonly Step[]> = fc.oneof(
  sayings.map((text): readonly Step[] => [{ kind: 'closed', text }]),
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), sayings)
    .map(([segment, text]): readonly Step[] => [{ kind: 'improved', segment, text }]),
  fc
    .tuple(fc.nat(40), fc.boolean())
    .map(([page, isPinned]): readonly Step[] => [{ kind: 'pinned', page, isPinned }]),
  fc
    .tuple(fc.nat(40), fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const))
    .map(([page, level]): readonly Step[] => [{ kind: 'faulted', page, level }]),
);

const builds = (maxTokens: fc.Arbitrary<number>): fc.Arbitrary<readonly Step[]> =>
  maxTokens.map((limit): readonly Step[] => [{ kind: 'built', maxTokens: limit }]);

/** What happens to a session; contexts are built now and then, under limits of this kind. */
export function conversations(
  maxTokens: fc.Arbitrary<number>,
  options: { readonly isOdd: boolean; readonly isBulky?: boolean },
): fc.Arbitrary<readonly Step[]> {
  return fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: exchanges },
        { weight: options.isOdd ? 2 : 0, arbitrary: oddities },
        { weight: options.isBulky === true ? 4 : 0, arbitrary: writings },
        { weight: 1, arbitrary: interventions },
        { weight: 3, arbitrary: builds(maxTokens) },
      ),
      { minLength: 1, maxLength: 24, size: 'max' },
    )
    .map((steps) => steps.flat());
}
