import { isJsonObject, type JsonValue, toText } from '../domain/json.ts';
import { type ChatMessage, renderTurns } from './chat-message.ts';
import {
  answerOf,
  type PromptEvent,
  type PromptView,
  toolTurnsAround,
  turnsAt,
} from './prompt-view.ts';

/** The least that shows where a session stands: first question, latest answer, and its tools or else the note about it. */
export function minimalPrompt(view: PromptView): readonly ChatMessage[] {
  const tools = toolTurnsAround(view, view.latestAnswer ?? view.latestQuestion);
  const turns = turnsAt(view, [view.firstQuestion, view.latestAnswer, ...tools]);
  const messages = renderTurns(turns);
  return tools.length > 0 ? messages : [...messages, ...answerNote(view)];
}

/** The latest summary that names the answer as its parent. */
function answerNote(view: PromptView): readonly ChatMessage[] {
  const answerId = answerOf(view)?.eventId ?? null;
  if (answerId === null) return [];
  const summary = view.events.findLast(
    (event) => event.type === 'summary' && isAbout(event, answerId),
  );
  return summary === undefined ? [] : [{ role: 'system', content: noteText(summary.message) }];
}

/** Logs of other libraries keep the parent among the metadata. */
function isAbout(event: PromptEvent, answerId: string): boolean {
  return event.parentEventId === answerId || event.metadata['parent_event_id'] === answerId;
}

function noteText(message: JsonValue): string {
  return toText(isJsonObject(message) && 'note' in message ? (message['note'] ?? null) : message);
}
