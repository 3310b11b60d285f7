import { type ChatMessage, renderTurns } from './chat-message.ts';
import { type PromptView, toolTurnsAround, turnsAt } from './prompt-view.ts';
import type { Turn } from './transcript.ts';

/** What was asked first and last, and what has been achieved: the latest answer and the tool calls that worked. */
export function taskPrompt(view: PromptView): readonly ChatMessage[] {
  if (view.latestQuestion === null) return [];
  const turns = turnsAt(view, [
    view.firstQuestion,
    view.latestQuestion,
    view.latestAnswer,
    ...toolTurnsAround(view, view.latestAnswer),
    ...toolTurnsAround(view, view.latestQuestion),
  ]);
  return renderTurns(turns.flatMap(withoutFailures));
}

/** The turn with the calls that have a good result; nothing when it said nothing beside the others. */
function withoutFailures(turn: Turn): readonly Turn[] {
  if (turn.kind !== 'assistant' || turn.calls.length === 0) return [turn];
  const calls = turn.calls.filter(({ outcome }) => outcome !== null && !outcome.hasFailed);
  const saysNothing = turn.content === null || turn.content.length === 0;
  return calls.length === 0 && saysNothing ? [] : [{ ...turn, calls }];
}
