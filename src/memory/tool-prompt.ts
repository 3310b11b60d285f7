import { type ChatMessage, renderTurns } from './chat-message.ts';
import { type PromptView, toolTurnsAround, turnsAt } from './prompt-view.ts';

/** What tools gave back: the latest question, the latest answer, and the tool calls of both, failed ones included. */
export function toolPrompt(view: PromptView): readonly ChatMessage[] {
  if (view.latestQuestion === null) return [];
  const turns = turnsAt(view, [
    view.latestQuestion,
    view.latestAnswer,
    ...toolTurnsAround(view, view.latestAnswer),
    ...toolTurnsAround(view, view.latestQuestion),
  ]);
  return renderTurns(turns);
}
