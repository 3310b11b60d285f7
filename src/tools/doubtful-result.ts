import { mayHaveWorked } from './may-have-worked.ts';
import type { ToolResult } from './tool-result.ts';
import type { ToolRun } from './tool-runner.ts';

const MAY_HAVE_WORKED = 'It may have taken effect all the same: look before it is done again.';
/** A text that ends as a sentence does, quoted or not. */
const ENDED = /[.!?…:;][)\]"'»”’]?$/;

/**
 * A result of a tool that changes something: one that was not waited for to the end, whose connection was lost or whose server failed
 * on the way, in any of its attempts, is not known to have failed.
 */
export function withDoubt(
  result: ToolResult,
  { failure, isDoubtful }: Pick<ToolRun, 'failure' | 'isDoubtful'>,
): ToolResult {
  if (result.attempts === 0 || failure === null) return result;
  if (!isDoubtful && !mayHaveWorked(failure)) return result;
  return { ...result, status: 'unknown', error: `${sentence(failure.message)} ${MAY_HAVE_WORKED}` };
}

function sentence(text: string): string {
  const told = text.trimEnd();
  return ENDED.test(told) ? told : `${told}.`;
}
