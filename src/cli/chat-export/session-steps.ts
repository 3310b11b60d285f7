import type { ToolUse } from '../../api/record-input.ts';
import { parseJsonValue } from '../../domain/json.ts';
import { toSystemText } from '../../domain/message-content.ts';
import type { ExportedCall, ExportedMessage } from './exported-message.ts';
import { checkedAt, invalidAt, within } from './place.ts';
import { checkStep, type SessionStep } from './session-step.ts';
import { parseJson } from './source-text.ts';

/** What answers are recorded with where the export does not say. */
export interface AnswerDefaults {
  readonly model: string;
  readonly provider: string | null;
}

/**
 * Turns messages into what is to be recorded, one step a message, and checks each of them.
 * @throws INVALID_INPUT naming file, line and field.
 */
export function toSteps(
  messages: readonly ExportedMessage[],
  defaults: AnswerDefaults,
): readonly SessionStep[] {
  const thread = new Thread(defaults);
  return messages.map((message) => {
    const step = thread.next(message);
    checkStep(step, message.place);
    return step;
  });
}

/** What a message means depends on those before it: which calls are open, which instructions hold, which ids are taken. */
class Thread {
  readonly #defaults: AnswerDefaults;
  readonly #calls = new Map<string, ExportedCall>();
  readonly #instructions: string[] = [];
  readonly #ids = new Set<string>();

  constructor(defaults: AnswerDefaults) {
    this.#defaults = defaults;
  }

  next(message: ExportedMessage): SessionStep {
    this.#takeId(message);
    switch (message.role) {
      case 'system':
      case 'developer':
        return this.#systemPrompt(message);
      case 'user':
        return { kind: 'user', content: message.content, options: optionsOf(message) };
      case 'assistant':
        return this.#answer(message);
      case 'tool':
        return { kind: 'tool', use: this.#toolUse(message) };
    }
  }

  /** In a chat all system messages hold at once, so a later one adds to the prompt. */
  #systemPrompt({ content, place }: ExportedMessage): SessionStep {
    const text = checkedAt(within(place, 'content'), () =>
      toSystemText(parseJsonValue(content, '')),
    );
    if (!this.#instructions.includes(text)) this.#instructions.push(text);
    return { kind: 'system-prompt', systemPrompt: this.#instructions.join('\n\n') };
  }

  #answer(message: ExportedMessage): SessionStep {
    // Providers reuse ids of calls within a conversation; a result belongs to the latest call.
    for (const call of message.calls) this.#calls.set(call.id, call);
    const provider = message.provider ?? this.#defaults.provider;
    return {
      kind: 'answer',
      content: message.content ?? (message.calls.length === 0 ? '' : null),
      options: {
        ...optionsOf(message),
        model: message.model ?? this.#defaults.model,
        ...(provider === null ? {} : { provider }),
        ...(message.usage === null ? {} : { usage: message.usage }),
        ...(message.calls.length === 0 ? {} : { toolCalls: message.toolCalls }),
      },
    };
  }

  #toolUse(message: ExportedMessage): ToolUse {
    const { toolCallId, place } = message;
    const call = toolCallId === null ? undefined : this.#calls.get(toolCallId);
    const toolName = call?.name ?? message.toolName;
    if (toolName === null) {
      throw invalidAt(within(place, 'tool_call_id'), 'the id of a tool call before it, or a name');
    }
    return {
      ...optionsOf(message),
      toolName,
      result: message.content,
      ...(call === undefined ? {} : { arguments: argumentsOf(call) }),
      ...(toolCallId === null ? {} : { callId: toolCallId }),
    };
  }

  #takeId({ id, place }: ExportedMessage): void {
    if (id === null) return;
    if (this.#ids.has(id)) throw invalidAt(within(place, 'id'), 'an id that no message before has');
    this.#ids.add(id);
  }
}

function optionsOf({ id, metadata }: ExportedMessage): {
  readonly eventId?: string;
  readonly metadata: ExportedMessage['metadata'];
} {
  return { ...(id === null ? {} : { eventId: id }), metadata };
}

/** Models write arguments as JSON text, and sometimes as text that is none. */
function argumentsOf(call: ExportedCall): unknown {
  if (typeof call.arguments !== 'string') return call.arguments;
  const parsed = parseJson(call.arguments);
  return parsed.ok ? parsed.value : call.arguments;
}
