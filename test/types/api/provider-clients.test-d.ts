import type Anthropic from '@anthropic-ai/sdk';
import type { generateText, JSONSchema7, LanguageModel, ModelMessage } from 'ai';
import type OpenAI from 'openai';
import { expectTypeOf, test } from 'vitest';
import {
  type AiSdkMessage,
  type AnyToolMessage,
  type PromptMessage,
  type SessionContext,
  type SessionManager,
  toAiSdkPrompt,
  toAnthropicPrompt,
  toAnthropicTools,
  type ToolMessageFormat,
  type ToolResult,
  toResponsesInput,
  toResponsesTools,
  toToolMessages,
} from '../../../src/index.ts';

/** What is given to a client as it is, without a cast and without a copy. */
declare const context: SessionContext;
declare const session: SessionManager;
declare const results: readonly ToolResult[];
declare const model: LanguageModel;

test('OpenAI chat takes prompts, tools of the memory and results of tools', () => {
  const request = async () => ({
    model: 'gpt-4o-mini',
    messages: [...(await session.getMessagesForLlm()), ...toToolMessages(results)],
    tools: context.tools,
  });

  expectTypeOf(request).returns.resolves.toExtend<OpenAI.ChatCompletionCreateParamsNonStreaming>();
  expectTypeOf(context.messages).toExtend<OpenAI.ChatCompletionMessageParam[]>();
  expectTypeOf(context.tools).toExtend<OpenAI.ChatCompletionTool[]>();
  expectTypeOf(toToolMessages(results, 'openai')).toExtend<OpenAI.ChatCompletionMessageParam[]>();
});

test('OpenAI responses takes prompts, tools of the memory and results of tools', () => {
  const request = {
    model: 'gpt-4o-mini',
    input: [...toResponsesInput(context.messages), ...toToolMessages(results, 'openai-responses')],
    tools: toResponsesTools(context.tools),
  };

  expectTypeOf(request).toExtend<OpenAI.Responses.ResponseCreateParamsNonStreaming>();
  expectTypeOf(toResponsesInput(context.messages)).toExtend<OpenAI.Responses.ResponseInput>();
  expectTypeOf(request.tools).toExtend<OpenAI.Responses.Tool[]>();
});

test('Anthropic takes prompts, tools of the memory and results of tools', () => {
  const prompt = toAnthropicPrompt(context.messages);
  const request = {
    model: 'claude-sonnet-4-5',
    max_tokens: 1024,
    system: prompt.system,
    messages: [...prompt.messages, ...toToolMessages(results, 'anthropic')],
    tools: toAnthropicTools(context.tools),
  };

  expectTypeOf(request).toExtend<Anthropic.MessageCreateParamsNonStreaming>();
  expectTypeOf(prompt.system).toExtend<Anthropic.TextBlockParam[]>();
  expectTypeOf(prompt.messages).toExtend<Anthropic.MessageParam[]>();
  expectTypeOf(request.tools).toExtend<Anthropic.ToolUnion[]>();
});

test('the AI SDK takes prompts, schemas of tools and results of tools', () => {
  const prompt = toAiSdkPrompt(context.messages);
  const messages = [...prompt.messages, ...toToolMessages(results, 'ai-sdk')];
  const spread = { model, ...prompt };

  expectTypeOf(messages).toExtend<ModelMessage[]>();
  expectTypeOf<AiSdkMessage[]>().toExtend<ModelMessage[]>();
  expectTypeOf(spread).toExtend<Parameters<typeof generateText>[0]>();
  expectTypeOf(context.tools[0]!.function.parameters).toExtend<JSONSchema7>();
});

test('the memory takes calls as clients give them', () => {
  type Call = Parameters<SessionManager['memory']['callTool']>[0];

  expectTypeOf<OpenAI.ChatCompletionMessageToolCall>().toExtend<Call>();
  expectTypeOf<OpenAI.Responses.ResponseFunctionToolCall>().toExtend<Call>();
  expectTypeOf<Anthropic.ToolUseBlock>().toExtend<Call>();
  expectTypeOf<Awaited<ReturnType<typeof generateText>>['toolCalls'][number]>().toExtend<Call>();
});

test('a format that is not known yet gives a message of any', () => {
  const format = 'openai' as ToolMessageFormat;

  expectTypeOf(toToolMessages(results, format)).toEqualTypeOf<AnyToolMessage[]>();
});

test('a message in the form of another interface is told apart', () => {
  expectTypeOf<PromptMessage[]>().not.toExtend<ModelMessage[]>();
  expectTypeOf<AiSdkMessage[]>().not.toExtend<OpenAI.ChatCompletionMessageParam[]>();
});
