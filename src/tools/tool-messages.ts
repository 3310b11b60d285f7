import type { JsonObject, JsonValue } from '../domain/json.ts';
import { resultText, type ToolResult } from './tool-result.ts';

/** The formats in which models are answered: OpenAI chat, OpenAI responses, Anthropic, the AI SDK. */
export const TOOL_MESSAGE_FORMATS = ['openai', 'openai-responses', 'anthropic', 'ai-sdk'] as const;
/** One of {@link TOOL_MESSAGE_FORMATS}. */
export type ToolMessageFormat = (typeof TOOL_MESSAGE_FORMATS)[number];

/** The messages that tell a model what came of its calls, in the order of the calls. */
export function toToolMessages(
  results: readonly ToolResult[],
  format: ToolMessageFormat = 'openai',
): readonly JsonObject[] {
  if (results.length === 0) return [];
  switch (format) {
    case 'openai':
      return results.map(chatMessage);
    case 'openai-responses':
      return results.map((result) => ({
        type: 'function_call_output',
        call_id: result.callId ?? '',
        output: resultText(result),
      }));
    case 'anthropic':
      return [{ role: 'user', content: results.map(toolResultBlock) }];
    case 'ai-sdk':
      return [{ role: 'tool', content: results.map(toolResultPart) }];
  }
}

/** A call of the older interface has no id, and is answered by its name. */
function chatMessage(result: ToolResult): JsonObject {
  const content = resultText(result);
  const { callId, toolName } = result;
  if (callId === null) return { role: 'function', name: toolName, content };
  return { role: 'tool', tool_call_id: callId, content };
}

function toolResultBlock(result: ToolResult): JsonObject {
  return {
    type: 'tool_result',
    tool_use_id: result.callId ?? '',
    content: resultText(result),
    ...(result.status === 'succeeded' ? {} : { is_error: true }),
  };
}

function toolResultPart(result: ToolResult): JsonObject {
  const { callId, toolName } = result;
  return { type: 'tool-result', toolCallId: callId ?? '', toolName, output: outputOf(result) };
}

function outputOf(result: ToolResult): JsonValue {
  if (result.status !== 'succeeded') return { type: 'error-text', value: resultText(result) };
  const { shown } = result;
  return typeof shown === 'string'
    ? { type: 'text', value: shown }
    : { type: 'json', value: shown };
}
