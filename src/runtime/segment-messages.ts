import type { Executor } from '../actors/envelope.ts';
import { toText } from '../domain/json.ts';
import { messageContent, type SessionEvent } from '../domain/session-event.ts';
import type { SummaryJob } from '../queue/summary-job.ts';
import type { SegmentContent, SummaryMessage } from '../queue/summary-worker.ts';
import { readLog } from '../store/log-reader.ts';
import type { Store } from '../store/store.ts';

const ROLES = { user: 'user', llm: 'assistant', system: 'system' } as const;

/** The messages and tool calls of a closed segment with their tokens; null when nothing is left to summarise. */
export async function readSegmentMessages(
  parts: { readonly store: Store; readonly executor: Executor },
  job: SummaryJob,
): Promise<SegmentContent | null> {
  const { key, lifeId } = job;
  const state = await parts.executor.readState({ key, freshness: 'fresh' });
  if (state?.lifeId !== lifeId) return null;
  const segment = state.closed.find((candidate) => candidate.number === job.segment);
  if (segment === undefined || segment.summary.revision >= job.revision) return null;
  const { fromPosition, toPosition } = segment;
  // A log never moves the ends of a segment, so a job that has others is about something else.
  if (fromPosition !== job.fromPosition || toPosition !== job.toPosition) return null;
  const messages: SummaryMessage[] = [];
  let tokens = 0;
  for await (const page of readLog(parts.store, { key, lifeId, fromPosition, toPosition })) {
    for (const { event } of page) {
      if (event.type !== 'event-recorded') continue;
      const message = toSummaryMessage(event.event);
      if (message === null) continue;
      messages.push(message);
      tokens += event.event.contentTokens;
    }
  }
  return messages.length === 0 ? null : { messages, tokens };
}

function toSummaryMessage(event: SessionEvent): SummaryMessage | null {
  if (event.type === 'tool_call') return { role: 'tool', content: toText(event.message) };
  if (event.type !== 'message') return null;
  return { role: ROLES[event.source], content: toText(messageContent(event.message)) };
}
