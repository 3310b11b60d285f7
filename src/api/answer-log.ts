import type { RecordedEvent } from '../domain/session.ts';
import { type SessionManager, sessionHandleOf } from './session-manager.ts';
import { readEvents } from './session-reader.ts';
import type { SessionTools } from './session-tools.ts';
import { isAnswer } from './tool-log.ts';

/** Where answers are recorded, and what knows the places of the latest ones. */
export interface AnswerLog {
  readonly session: SessionManager;
  readonly tools: SessionTools;
}

/** The name of an answer, and before which position it does not stand. */
interface SoughtAnswer {
  readonly eventId: string;
  readonly since: number;
}

/**
 * Whether an answer is in the log, also where its idempotency key is forgotten; one that another process is recording just now is found by
 * its key. Reads nothing but what is too long ago to be remembered.
 * @throws STORAGE_ERROR
 */
export async function isRecorded(
  { session, tools }: AnswerLog,
  { eventId, since }: SoughtAnswer,
): Promise<boolean> {
  if (tools.answerAt(eventId) !== null) return true;
  const range = { fromPosition: since, toPosition: tools.answersKnownFrom - 1 };
  if (range.toPosition < range.fromPosition) return false;
  for await (const event of readEvents(sessionHandleOf(session).source, range))
    if (event.id === eventId && isAnswer(event)) return true;
  return false;
}

/** An answer that is in the log; null for one that is not, see {@link isRecorded}. @throws STORAGE_ERROR */
export async function findRecorded(
  log: AnswerLog,
  sought: SoughtAnswer,
): Promise<RecordedEvent | null> {
  return (await isRecorded(log, sought)) ? log.session.events.find(sought.eventId) : null;
}
