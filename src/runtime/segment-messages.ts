import type { Executor } from '../actors/envelope.ts';
import { toText } from '../domain/json.ts';
import type { LogEvent } from '../domain/log-event.ts';
import { messageText } from '../domain/message-content.ts';
import { effectiveSummaries, summaryHash } from '../domain/segment-span.ts';
import type { SessionEvent } from '../domain/session-event.ts';
import { withoutData } from '../domain/without-data.ts';
import type { SummaryJob } from '../queue/summary-job.ts';
import type { SegmentContent, SummaryMessage } from '../queue/summary-worker.ts';
import { readLog } from '../store/log-reader.ts';
import type { Store } from '../store/store.ts';

const ROLES = { user: 'user', llm: 'assistant', system: 'system' } as const;

/**
 * What a summary is made from: the messages and tool calls of a closed segment with their tokens, or the summaries of several.
 * `not-needed` when there is nothing to summarise any more, `stale` when the job is about what is not there.
 */
export async function readSegmentMessages(
  parts: { readonly store: Store; readonly executor: Executor },
  job: SummaryJob,
): Promise<SegmentContent | 'not-needed' | 'stale'> {
  const { key, lifeId, segment, fromSegment } = job;
  // At once: the job says where to read, and what is read for nothing costs less than waiting twice.
  const [known, read] = await Promise.allSettled([
    parts.executor.readState({ key, freshness: 'fresh' }),
    readMaterial(parts.store, job),
  ]);
  if (known.status === 'rejected') throw known.reason;
  const state = known.value;
  if (state?.lifeId !== lifeId) return 'not-needed';
  if (state.version < job.version) return 'stale';
  const shown = effectiveSummaries(state).find(
    (candidate) => candidate.fromSegment === fromSegment && candidate.toSegment === segment,
  );
  if (shown === undefined || shown.summary.revision >= job.revision) return 'not-needed';
  if (summaryHash(shown) !== job.hash) return 'stale';
  if (read.status === 'rejected') throw read.reason;
  const material = read.value;
  if (material.length === 0) return 'not-needed';
  return {
    messages: material.map(({ message }) => message),
    tokens: material.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

/** Of several segments the record that brought them together, which holds their summaries. */
async function readMaterial(store: Store, job: SummaryJob): Promise<readonly Material[]> {
  const { key, lifeId, level, toPosition } = job;
  const fromPosition = level === 0 ? job.fromPosition : toPosition;
  const material: Material[] = [];
  for await (const page of readLog(store, { key, lifeId, fromPosition, toPosition }))
    material.push(...page.flatMap(({ event }) => materialOf(event, level)));
  return material;
}

interface Material {
  readonly message: SummaryMessage;
  readonly tokens: number;
}

/** What a record gives to a summary. What was summarised while a segment was open is no part of what was said in it. */
function materialOf(event: LogEvent, level: number): readonly Material[] {
  if (event.type === 'segments-summarised' && level > 0) {
    const told = event.sources.filter(({ text }) => text.trim() !== '');
    return told.map(({ text, tokens }) => {
      return { message: { role: 'system', content: text }, tokens };
    });
  }
  if (event.type !== 'event-recorded' || level > 0) return [];
  const message = toSummaryMessage(event.event);
  return message === null ? [] : [{ message, tokens: event.event.contentTokens }];
}

function toSummaryMessage(event: SessionEvent): SummaryMessage | null {
  if (event.type === 'tool_call')
    return { role: 'tool', content: toText(withoutData(event.message)) };
  if (event.type !== 'message') return null;
  return { role: ROLES[event.source], content: messageText(event) };
}
