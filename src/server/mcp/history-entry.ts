import { messageContent } from '../../domain/session-event.ts';
import type { JsonValue } from '../../domain/json.ts';
import type { RecordedEvent } from '../../domain/session.ts';
import { declaredCalls, type ToolRequest, toolUseOf } from '../../domain/tool-call.ts';

const ROLES = { user: 'user', llm: 'assistant', system: 'system' } as const;

/** What the history of a session shows of an event: a message, or a tool call that was carried out. */
export interface HistoryEntry {
  readonly index: number;
  readonly role: 'user' | 'assistant' | 'system' | 'tool';
  /** What was said, or what came of the call; null where nothing did. */
  readonly content: JsonValue;
  /** What a message asks tools for. */
  readonly tool_calls?: readonly ShownCall[];
  /** The call that was carried out. */
  readonly tool_call?: ShownCall & { readonly failed?: true };
  /** ISO 8601, UTC. */
  readonly timestamp: string;
}

interface ShownCall {
  readonly name: string;
  readonly arguments: string;
}

/** Shows an event in a history, as number `index` of it. */
export function toHistoryEntry(event: RecordedEvent, index: number): HistoryEntry {
  const timestamp = new Date(event.timestampMs).toISOString();
  if (event.type === 'tool_call') {
    const use = toolUseOf(event.message, event.metadata);
    const failed = use.outcome?.hasFailed === true ? ({ failed: true } as const) : {};
    const content = use.outcome?.content ?? null;
    return { index, role: 'tool', content, tool_call: { ...shown(use), ...failed }, timestamp };
  }
  const calls = event.source === 'llm' ? declaredCalls(event.message).map(shown) : [];
  return {
    index,
    role: ROLES[event.source],
    content: messageContent(event.message),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    timestamp,
  };
}

function shown({ name, arguments: input }: Pick<ToolRequest, 'name' | 'arguments'>): ShownCall {
  return { name, arguments: input };
}
