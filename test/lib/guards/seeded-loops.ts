import { aToolState } from './a-tool-state.ts';
import type { RealCall, RealRun } from './real-calls.ts';

/** How often each seeded loop goes round. */
const ROUNDS = 6;
const SERIES_STEPS = 16;
const MAX_SERIES = 400;

/** Seeded loops, and how many of them were refused as loops. */
export interface CaughtLoops {
  readonly made: number;
  readonly caught: number;
}

/** Every call made six times, alone and in turns with the one after it. */
export function repeatedCalls(runs: readonly RealRun[]): CaughtLoops {
  const loops = runs
    .flatMap(({ turns }) => turns)
    .flatMap(({ userText, calls }) =>
      calls.flatMap((call, index) => {
        const next = calls[index + 1];
        const alone = isCaught(userText, [call]);
        return next === undefined ? [alone] : [alone, isCaught(userText, [call, next])];
      }),
    );
  return { made: loops.length, caught: loops.filter(Boolean).length };
}

/** Series of calls with the tools and arguments of real ones, whose numbers go to 0 or 1 until the machine's precision ends. */
export function saturatingSeries(runs: readonly RealRun[]): CaughtLoops {
  const calls = runs.flatMap(({ turns }) => turns.flatMap((turn) => turn.calls));
  const series = calls.slice(0, MAX_SERIES).map(isSeriesCaught);
  return { made: series.length, caught: series.filter(Boolean).length };
}

/** Whether one of these calls, made over and over, is refused. */
function isCaught(userText: string, calls: readonly RealCall[]): boolean {
  const state = aToolState();
  state.resetForNewPrompt(userText);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const call of calls) {
      const { findings } = state.beginCall(call.toolName, call.arguments);
      if (findings.some(({ guard, result }) => guard === 'runaway' && result.verdict === 'block'))
        return true;
      state.finishCall(call);
    }
  }
  return false;
}

function isSeriesCaught({ toolName, arguments: args }: RealCall, index: number): boolean {
  const state = aToolState({ limits: { executionBudget: 99, toolBudgetTotal: 99 } });
  return Array.from({ length: SERIES_STEPS }, (_, step) => {
    const given = { ...args, x: index + 0.37 + step * 1.7 };
    if (state.beginCall(toolName, given).verdict === 'block') return true;
    const result = index % 2 === 0 ? 1 - 10 ** -(step * 2) : 10 ** -(step * 2);
    state.finishCall({ toolName, arguments: given, result });
    return false;
  }).includes(true);
}
