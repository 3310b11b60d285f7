import { z } from 'zod';
import { type MutableJson, toMutableJson } from '../domain/mutable-json.ts';
import { parseInput } from '../domain/parse.ts';
import { withoutData } from '../domain/without-data.ts';
import { resultText, type ToolResult } from './tool-result.ts';

/** The formats in which models are answered: OpenAI chat, OpenAI responses, Anthropic, the AI SDK. */
export const TOOL_MESSAGE_FORMATS = ['openai', 'openai-responses', 'anthropic', 'ai-sdk'] as const;
/** One of {@link TOOL_MESSAGE_FORMATS}. */
export type ToolMessageFormat = (typeof TOOL_MESSAGE_FORMATS)[number];
const formatSchema = z.enum(TOOL_MESSAGE_FORMATS);

// Plain mutable objects, since that is what the types of clients ask for; they are the caller's own. Aliases and not interfaces, so
// that TypeScript takes them for JSON objects.

/** The result of a call for OpenAI's chat interface; a call of its older form has no id, and is answered by its name. */
export type ChatToolMessage =
  | { role: 'tool'; tool_call_id: string; content: string }
  | { role: 'function'; name: string; content: string };

/** The result of a call for OpenAI's responses interface. */
export type ResponsesToolOutput = {
  type: 'function_call_output';
  call_id: string;
  output: string;
};

/** The result of a call in a message for Anthropic's messages interface. */
export type AnthropicToolResult = {
  type: 'tool_result';
  tool_use_id: string;
  content: string;
  is_error?: true;
};

/** The results of all calls for Anthropic's messages interface. */
export type AnthropicToolMessage = { role: 'user'; content: AnthropicToolResult[] };

/** What came of a call, for the AI SDK. */
export type AiSdkToolOutput =
  | { type: 'text'; value: string }
  | { type: 'json'; value: MutableJson }
  | { type: 'error-text'; value: string };

/** The result of a call in a message for the AI SDK. */
export type AiSdkToolAnswer = {
  type: 'tool-result';
  toolCallId: string;
  toolName: string;
  output: AiSdkToolOutput;
};

/** The results of all calls for the AI SDK. */
export type AiSdkToolMessage = { role: 'tool'; content: AiSdkToolAnswer[] };

/** A message in any of the formats. */
export type AnyToolMessage =
  ChatToolMessage | ResponsesToolOutput | AnthropicToolMessage | AiSdkToolMessage;

/**
 * The messages that tell a model what came of its calls, in the order of the calls.
 * @throws INVALID_INPUT for another format.
 */
export function toToolMessages(
  results: readonly ToolResult[],
  format?: 'openai',
): ChatToolMessage[];
export function toToolMessages(
  results: readonly ToolResult[],
  format: 'openai-responses',
): ResponsesToolOutput[];
export function toToolMessages(
  results: readonly ToolResult[],
  format: 'anthropic',
): AnthropicToolMessage[];
export function toToolMessages(
  results: readonly ToolResult[],
  format: 'ai-sdk',
): AiSdkToolMessage[];
export function toToolMessages(
  results: readonly ToolResult[],
  format?: ToolMessageFormat,
): AnyToolMessage[];
export function toToolMessages(
  results: readonly ToolResult[],
  format: ToolMessageFormat = 'openai',
): AnyToolMessage[] {
  parseInput(formatSchema, format, 'format');
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

function chatMessage(result: ToolResult): ChatToolMessage {
  const content = resultText(result);
  const { callId, toolName } = result;
  if (callId === null) return { role: 'function', name: toolName, content };
  return { role: 'tool', tool_call_id: callId, content };
}

function toolResultBlock(result: ToolResult): AnthropicToolResult {
  return {
    type: 'tool_result',
    tool_use_id: result.callId ?? '',
    content: resultText(result),
    ...(result.status === 'succeeded' ? {} : { is_error: true }),
  };
}

function toolResultPart(result: ToolResult): AiSdkToolAnswer {
  const { callId, toolName } = result;
  return { type: 'tool-result', toolCallId: callId ?? '', toolName, output: outputOf(result) };
}

function outputOf(result: ToolResult): AiSdkToolOutput {
  if (result.status !== 'succeeded') return { type: 'error-text', value: resultText(result) };
  const told = withoutData(result.shown);
  return typeof told === 'string'
    ? { type: 'text', value: told }
    : { type: 'json', value: toMutableJson(told) };
}
