import type { RecordedEvent } from '../domain/session.ts';
import type { SessionManager } from './session-manager.ts';
import type { SessionTools } from './session-tools.ts';
import { isAnswer } from './tool-log.ts';

/** Where answers are recorded, and what knows the places of the latest ones. */
export interface AnswerLog {
  readonly session: SessionManager;
  readonly tools: SessionTools;
}

/**
 * An answer that is in the log, also where its idempotency key is forgotten; null for one that is not. One that another process is recording
 * just now is found by its key. Reads nothing for an answer that is new.
 * @throws STORAGE_ERROR
 */
export async function findRecorded(
  { session, tools }: AnswerLog,
  eventId: string,
): Promise<RecordedEvent | null> {
  if (!tools.mayHaveAnswer(eventId)) return null;
  const found = await session.events.find(eventId);
  return found !== null && isAnswer(found) ? found : null;
}

/** Whether an answer is in the log, see {@link findRecorded}. @throws STORAGE_ERROR */
export async function isRecorded(log: AnswerLog, eventId: string): Promise<boolean> {
  return log.tools.answerAt(eventId) !== null || (await findRecorded(log, eventId)) !== null;
}
