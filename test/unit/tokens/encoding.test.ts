import { describe, expect, test } from 'vitest';

import { encodingOf } from '../../../src/tokens/encoding.ts';

const O200K = { kind: 'known', encoding: 'o200k_base' };
const CL100K = { kind: 'known', encoding: 'cl100k_base' };
const UNKNOWN = { kind: 'unknown', encoding: 'cl100k_base' };

describe('encodingOf', () => {
  test.each([
    'gpt-4o',
    'gpt-4o-mini',
    'gpt-4o-2024-08-06',
    'chatgpt-4o-latest',
    'gpt-4o:free',
    'gpt-4.1',
    'gpt-4.1-nano',
    'gpt-4.5-preview',
    'gpt-5',
    'gpt-5.1',
    'gpt-5-mini-2025-08-07',
    'o1',
    'o1-preview',
    'o3',
    'o3-mini',
    'o4-mini-2025-04-16',
    'gpt-oss-120b',
    'gpt-oss:20b',
    'codex-mini-latest',
  ])('C-42: %s uses o200k_base', (model) => {
    expect(encodingOf(model)).toEqual(O200K);
  });

  test.each([
    'gpt-4',
    'gpt-4-turbo',
    'gpt-4-0613',
    'gpt-4-32k',
    'gpt-3.5-turbo',
    'gpt-35-turbo-16k',
    'text-embedding-3-small',
    'text-embedding-3-large',
    'text-embedding-ada-002',
    'davinci-002',
    'babbage-002',
  ])('C-42: %s uses cl100k_base', (model) => {
    expect(encodingOf(model)).toEqual(CL100K);
  });

  test.each([
    'GPT-4o',
    ' gpt-4o ',
    'openai/gpt-4o',
    'openrouter/openai/GPT-4o',
    'azure/gpt-4o-mini',
  ])('ignores case, spaces and the provider in %j', (model) => {
    expect(encodingOf(model)).toEqual(O200K);
  });

  test.each([
    'azure:gpt-4o',
    'ft:gpt-4o:acme::x1',
    'openai:ft:gpt-4o-mini:acme::x1',
    'openai/ft:o3',
  ])('finds the name behind a colon in %j', (model) => {
    expect(encodingOf(model)).toEqual(O200K);
  });

  test('tells fine-tuned gpt-4 from fine-tuned gpt-4o', () => {
    expect(encodingOf('ft:gpt-4-0613:acme')).toEqual(CL100K);
    expect(encodingOf('ft:gpt-3.5-turbo:acme')).toEqual(CL100K);
  });

  test.each([
    '',
    'unknown',
    'tool-execution',
    'my-deployment',
    'o1x',
    'o2',
    'gpt2',
    'text-embedding-004',
  ])('C-43: falls back to cl100k_base for %j and does not call the model known', (model) => {
    expect(encodingOf(model)).toEqual(UNKNOWN);
  });

  test('takes the encoding of an override, by full or bare name and in any case', () => {
    const overrides = { 'My-Deployment': 'o200k_base', 'azure/gpt-4': 'o200k_base' } as const;
    expect(encodingOf('my-deployment', overrides)).toEqual(O200K);
    expect(encodingOf('azure/MY-deployment', overrides)).toEqual(O200K);
    expect(encodingOf('azure/gpt-4', overrides)).toEqual(O200K);
    expect(encodingOf('gpt-4', overrides)).toEqual(CL100K);
  });

  test.each([
    ['claude-3-5-sonnet-20241022', 'claude-4.6'],
    ['claude-sonnet-4-20250514', 'claude-4.6'],
    ['anthropic/claude-sonnet-4.5', 'claude-4.6'],
    ['us.anthropic.claude-opus-4-1-20250805-v1:0', 'claude-4.6'],
    ['claude-opus-4@20250514', 'claude-4.6'],
    ['claude-sonnet-4', 'claude-4.6'],
    ['claude-instant-1.2', 'claude-4.6'],
    ['claude-opus-4-7', 'claude'],
    ['claude-opus-5', 'claude'],
    ['claude-sonnet-4-65', 'claude'],
    ['gemini-2.5-pro', 'gemini'],
    ['google/gemma-3-27b-it', 'gemini'],
    ['meta-llama/Llama-3.3-70B-Instruct', 'llama'],
    ['deepseek-r1-distill-llama-70b', 'deepseek'],
    ['Qwen/Qwen3-32B', 'qwen'],
    ['qwq-32b', 'qwen'],
    ['open-mixtral-8x22b', 'mistral'],
    ['codestral-latest', 'mistral'],
    ['xai/grok-4', 'grok'],
    ['command-r-plus', 'command'],
    ['amazon.nova-pro-v1:0', 'nova'],
    ['microsoft/phi-4', 'phi'],
    ['glm-4.6', 'glm'],
    ['moonshotai/kimi-k2', 'kimi'],
  ])('puts %s into the family %s', (model, name) => {
    expect(encodingOf(model)).toMatchObject({ kind: 'family', family: { name } });
  });

  test('every family has a factor of at least one', () => {
    const models = ['claude-3-haiku', 'claude-opus-5', 'gemini-2.5-pro', 'llama-4', 'grok-4'];
    const factors = models.map((model) => {
      const encoding = encodingOf(model);
      return encoding.kind === 'family' ? encoding.family.factor : 0;
    });
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(1);
  });
});
