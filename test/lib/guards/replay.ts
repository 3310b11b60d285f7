import type { Pagefold, RuntimeMode, ToolResult } from '../../../src/index.ts';
import { GUARD_NAMES, SessionAwareToolProcessor } from '../../../src/index.ts';
import type { RealCall, RealRun } from './real-calls.ts';

/** A call that was made again, and what became of it. */
export interface ReplayedCall {
  readonly call: RealCall;
  readonly result: ToolResult;
  /** Whether it belongs to a run that is known to be right. */
  readonly isRight: boolean;
}

/** How often a guard had something to say, of all calls and of those that are right. */
export interface GuardTally {
  readonly guard: string;
  readonly blocks: number;
  readonly warnings: number;
  readonly repairs: number;
  readonly blocksOfRight: number;
  readonly warningsOfRight: number;
  readonly repairsOfRight: number;
}

/** A run that is made again in a session of its own. */
export interface Replay {
  readonly sessionId: string;
  readonly run: RealRun;
  readonly mode?: RuntimeMode;
}

/** Gives a run, turn by turn and call by call, to a processor whose tools answer as the data say. */
export async function replay(
  pagefold: Pagefold,
  { sessionId, run, mode = 'default' }: Replay,
): Promise<readonly ReplayedCall[]> {
  const session = pagefold.session(sessionId);
  const answers: RealCall[] = [];
  const processor = await SessionAwareToolProcessor.create(session, {
    execute: () => {
      const answer = answers.shift();
      if (answer?.hasFailed === true) throw new Error(JSON.stringify(answer.result));
      return answer?.result;
    },
    guards: { mode },
    defaults: { breaker: false, retry: { maxRetries: 0 } },
  });
  const replayed: ReplayedCall[] = [];
  for (const [turn, { userText, calls }] of run.turns.entries()) {
    // In order: a run is a conversation.
    await session.userSays(userText);
    for (const [index, call] of calls.entries()) {
      answers.splice(0, answers.length, call);
      const { toolName: name, arguments: args } = call;
      const asked = { id: `${turn}-${index}`, function: { name, arguments: JSON.stringify(args) } };
      const [result] = await processor.processLlmMessage({ tool_calls: [asked] });
      if (result !== undefined) replayed.push({ call, result, isRight: run.isRight });
    }
  }
  return replayed;
}

/** What each guard said, those of the library that said nothing included. */
export function tallyGuards(replayed: readonly ReplayedCall[]): readonly GuardTally[] {
  const said = replayed.flatMap(({ result, isRight }) =>
    result.findings.map(({ guard, result: { verdict } }) => ({ guard, verdict, isRight })),
  );
  const guards = new Set<string>([...GUARD_NAMES, ...said.map(({ guard }) => guard)]);
  return [...guards].map((guard) => {
    const count = (verdict: string, onlyRight: boolean): number =>
      said.filter(
        (one) => one.guard === guard && one.verdict === verdict && (one.isRight || !onlyRight),
      ).length;
    return {
      guard,
      blocks: count('block', false),
      warnings: count('warn', false),
      repairs: count('repair', false),
      blocksOfRight: count('block', true),
      warningsOfRight: count('warn', true),
      repairsOfRight: count('repair', true),
    };
  });
}
