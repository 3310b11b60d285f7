import { isJsonObject, type JsonValue, toText } from '../../domain/json.ts';
import type { SessionStats } from '../../domain/session-stats.ts';
import type { RecordedEvent, Session, SessionSegment } from '../../domain/session.ts';
import { formatCount } from '../text/figures.ts';
import { Layout, type LayoutOptions } from './layout.ts';
import { readableText, shownCalls } from './message-text.ts';
import { formatHeader } from './session-header.ts';

const SPEAKERS = { user: 'user', llm: 'assistant', system: 'system' } as const;

/** A session as lines for people: its figures, then what was said in each segment, then the segment's summary. */
export function* formatTranscript(
  session: Session,
  stats: SessionStats,
  options: LayoutOptions,
): Generator<string> {
  const layout = new Layout(options);
  for (const line of formatHeader(session, stats)) yield* layout.lines(line, 0);
  if (session.systemPrompt !== null) {
    yield* ['', 'system prompt', ...layout.lines(session.systemPrompt, 1)];
  }
  const events = bySegment(session.events);
  for (const segment of session.segments) {
    yield* ['', titleOf(segment, session.segments.length)];
    for (const event of events.get(segment.number) ?? []) yield* eventLines(event, layout);
    yield* summaryLines(segment, layout);
  }
}

function bySegment(
  events: readonly RecordedEvent[],
): ReadonlyMap<number, readonly RecordedEvent[]> {
  const groups = new Map<number, RecordedEvent[]>();
  for (const event of events) {
    const group = groups.get(event.segment);
    if (group === undefined) groups.set(event.segment, [event]);
    else group.push(event);
  }
  return groups;
}

function titleOf({ number, messages }: SessionSegment, count: number): string {
  const title = `== segment ${formatCount(number)} of ${formatCount(count)}`;
  return `${title}, ${messages === 1 ? '1 message' : `${formatCount(messages)} messages`} ==`;
}

function eventLines(event: RecordedEvent, layout: Layout): readonly string[] {
  switch (event.type) {
    case 'message':
      return messageLines(event, layout);
    case 'tool_call':
      return toolLines(event, layout);
    case 'summary':
      // Shown at the end of its segment, in its best revision.
      return [];
    default:
      return ['', ...layout.lines(event.type, 1), ...layout.lines(toText(event.message), 2)];
  }
}

function messageLines({ source, message, metadata }: RecordedEvent, layout: Layout): string[] {
  const { model } = metadata;
  const speaker = SPEAKERS[source];
  const title = source === 'llm' && typeof model === 'string' ? `${speaker} (${model})` : speaker;
  const text = readableText(message);
  const calls = shownCalls(message).map(({ name, input }) => `-> ${name} ${input}`);
  return [
    '',
    ...layout.lines(title, 0),
    ...(text === '' ? [] : layout.lines(text, 1)),
    ...calls.flatMap((call) => layout.lines(call, 1)),
  ];
}

function toolLines({ message }: RecordedEvent, layout: Layout): string[] {
  if (!isJsonObject(message)) return ['', ...layout.lines(toText(message), 2)];
  const { tool, arguments: input = null, result = null, error = null } = message;
  const fields: readonly (readonly [string, JsonValue])[] = [
    ['asked', input],
    ['got', result],
    ['failed', error],
  ];
  return [
    '',
    ...layout.lines(`tool ${toText(tool ?? '')}`, 1),
    ...fields.flatMap(([name, value]) =>
      value === null ? [] : layout.lines(`${name}: ${toText(value)}`, 2),
    ),
  ];
}

function summaryLines({ number, summary }: SessionSegment, layout: Layout): readonly string[] {
  if (summary === null) return [];
  const title = `summary of segment ${formatCount(number)} (${summary.origin})`;
  return ['', title, ...layout.lines(summary.text, 1)];
}
