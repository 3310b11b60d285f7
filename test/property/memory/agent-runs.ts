import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '../../../src/domain/json.ts';
import type { PromptEvent } from '../../../src/memory/prompt-view.ts';

/** A message of a recorded agent run, in the form of OpenAI's chat interface. */
export interface RecordedMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | null;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
  readonly tool_call_id?: string;
  readonly name?: string;
}

const dataFolder =
  process.env['PAGEFOLD_DATA'] ??
  join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');
const file = join(dataFolder, 'toolcalls', 'tau-airline.json');

/** Whether the recorded agent runs are at hand. */
export const hasAgentRuns: boolean = existsSync(file);

if (!hasAgentRuns) {
  process.stderr.write(
    `Skipping tests over real agent runs: ${file} is absent (set PAGEFOLD_DATA)\n`,
  );
}

/** The messages of recorded agent runs; none where they are not at hand. */
export function loadAgentRuns(): readonly (readonly RecordedMessage[])[] {
  if (!hasAgentRuns) return [];
  const runs = JSON.parse(readFileSync(file, 'utf8')) as readonly {
    readonly messages: readonly RecordedMessage[];
  }[]; // the file's documented shape
  return runs.map((run) => run.messages);
}

const SOURCES = { system: 'system', user: 'user', assistant: 'llm', tool: 'system' } as const;

/** The events that recording the messages of a run makes. */
export function eventsOf(messages: readonly RecordedMessage[]): readonly PromptEvent[] {
  return messages.map((message, at) => ({
    id: `e${at}`,
    message: messageOf(message),
    source: SOURCES[message.role],
    type: message.role === 'tool' ? 'tool_call' : 'message',
    metadata: {},
    parentEventId: null,
  }));
}

function messageOf(message: RecordedMessage): JsonValue {
  const { role, content, tool_calls: calls, tool_call_id: callId, name } = message;
  if (role === 'tool') {
    return { tool: name ?? '', arguments: null, result: content, callId: callId ?? '' };
  }
  if (calls === undefined || calls === null) return content;
  const toolCalls = calls.map(({ id, function: called }) => ({
    id,
    function: { name: called.name, arguments: called.arguments },
  }));
  return { content, tool_calls: toolCalls };
}
