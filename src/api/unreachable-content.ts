import { InvalidSessionOperation } from '../domain/errors.ts';
import type { FaultOutcome } from '../memory/context/vm-tool-result.ts';
import type { LogMemory } from '../memory/manager/log-memory.ts';
import type { SessionHandle } from './session-handle.ts';

/** What a fault came to, with the reason where the page is in an artifact store that this runtime was opened without; it is warned of, too. */
export function withReason(
  outcome: FaultOutcome,
  { archived }: Pick<LogMemory, 'archived'>,
  { key, runtime }: Pick<SessionHandle, 'key' | 'runtime'>,
): FaultOutcome {
  if (runtime.archive !== null || outcome.kind !== 'failed' || outcome.code !== 'LOAD_FAILED')
    return outcome;
  const { pageId } = outcome;
  if (pageId === null || archived.find(pageId) === null) return outcome;
  const reason = 'the runtime was opened without an artifact store';
  const { sessionId } = key;
  const cause = new InvalidSessionOperation({ operation: 'fault', reason, sessionId });
  runtime.warn('CONTENT_UNREACHABLE', cause, key);
  return { ...outcome, cause };
}
