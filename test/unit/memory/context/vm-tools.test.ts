import { describe, expect, test } from 'vitest';
import type { MemoryPage } from '../../../../src/domain/memory-page.ts';
import { pageContentWire } from '../../../../src/memory/context/page-wire.ts';
import {
  parseVmToolCall,
  type VmToolRequest,
} from '../../../../src/memory/context/vm-tool-call.ts';
import {
  buildSearchResult,
  buildToolResult,
  type FaultOutcome,
  toolResultText,
} from '../../../../src/memory/context/vm-tool-result.ts';
import {
  type ChatTool,
  toAnthropicTools,
  toResponsesTools,
  vmTools,
} from '../../../../src/memory/context/vm-tools.ts';
import { aPage } from './a-page.ts';

describe('vmTools', () => {
  test('M-137: page_fault comes first, search is left out when asked', () => {
    expect(vmTools().map((tool) => tool.function.name)).toEqual(['page_fault', 'search_pages']);
    expect(vmTools({ includeSearch: false }).map((tool) => tool.function.name)).toEqual([
      'page_fault',
    ]);
  });

  test('M-136 M-138 M-18: names, types and defaults of arguments, without null members', () => {
    const [fault, search] = vmTools().map((tool) => tool.function.parameters);

    expect(fault).toMatchObject({
      type: 'object',
      properties: {
        page_id: { type: 'string' },
        target_level: { type: 'integer', minimum: 0, maximum: 3, default: 2 },
        reason: {
          type: 'string',
          enum: ['user_requested_recall', 'resolve_reference', 'tool_prereq', 'speculative'],
        },
      },
      required: ['page_id'],
    });
    expect(search).toMatchObject({
      properties: {
        query: { type: 'string' },
        modality: { enum: ['text', 'image', 'audio', 'video', 'structured'] },
        page_type: { type: 'string' },
        limit: { type: 'integer', minimum: 1, maximum: 20, default: 5 },
      },
      required: ['query'],
    });
    expect(JSON.stringify(vmTools())).not.toContain('null');
  });

  test('in the forms of the other interfaces', () => {
    const [chat] = vmTools();
    const { name, description, parameters } = chat!.function;

    expect(toResponsesTools(vmTools())[0]).toEqual({
      type: 'function',
      name,
      description,
      parameters,
      strict: false,
    });
    expect(toAnthropicTools(vmTools())[0]).toEqual({ name, description, input_schema: parameters });
  });
});

describe('tools are the own of whoever asked for them', () => {
  const convert = {
    vmTools: () => vmTools().map((tool) => tool.function.parameters),
    toResponsesTools: (tools: ChatTool[]) => toResponsesTools(tools).map((tool) => tool.parameters),
    toAnthropicTools: (tools: ChatTool[]) =>
      toAnthropicTools(tools).map((tool) => tool.input_schema),
  };

  test.each(['vmTools', 'toResponsesTools', 'toAnthropicTools'] as const)('%s', (name) => {
    const given = vmTools();
    const before = structuredClone(given);

    for (const { required, properties } of convert[name](given)) {
      required.push('more');
      for (const property of Object.values(properties))
        if ('enum' in property) property.enum?.push('more');
    }

    expect(given).toEqual(before);
    expect(vmTools()).toEqual(before);
    expect(vmTools({ isBrief: true })[0]?.function.parameters.required).toEqual(['page_id']);
  });
});

describe('parseVmToolCall', () => {
  test.each([
    { id: 'c1', type: 'function', function: { name: 'page_fault', arguments: '{"page_id":"a"}' } },
    { type: 'tool_use', id: 't1', name: 'page_fault', input: { page_id: 'a' } },
  ])('takes a call as a provider gives it: %j', (given) => {
    expect(parseVmToolCall(given)).toMatchObject({ kind: 'page_fault', pageId: 'a' });
  });

  test.each([
    ['{"page_id":"a"}', { pageId: 'a', targetLevel: 2, reason: 'resolve_reference' }],
    [
      { page_id: 'a', target_level: 0, reason: 'speculative' },
      { pageId: 'a', targetLevel: 0, reason: 'speculative' },
    ],
    [
      '{"page_id":"a","target_level":"1","reason":null}',
      { pageId: 'a', targetLevel: 1, reason: 'resolve_reference' },
    ],
  ])('M-139: reads a fault from %j', (given, parsed) => {
    expect(parseVmToolCall({ name: 'page_fault', arguments: given })).toEqual({
      kind: 'page_fault',
      ...parsed,
    });
  });

  test.each([
    ['{"query":" redis "}', { query: 'redis', modality: null, pageType: null, limit: 5 }],
    [
      { query: 'q', modality: 'image', page_type: 'claim', limit: 20 },
      { query: 'q', modality: 'image', pageType: 'claim', limit: 20 },
    ],
  ])('M-139: reads a search from %j', (given, parsed) => {
    expect(parseVmToolCall({ name: 'search_pages', arguments: given })).toEqual({
      kind: 'search_pages',
      ...parsed,
    });
  });

  test.each([
    {
      name: 'page_fault',
      given: '{"page_id":"a","target_level":4}',
      pageId: 'a',
      message: /target_level/,
    },
    {
      name: 'page_fault',
      given: { page_id: 'a', target_level: 'full' },
      pageId: 'a',
      message: /target_level/,
    },
    {
      name: 'page_fault',
      given: { page_id: 'a', level: 0 },
      pageId: 'a',
      message: /arguments\.level.*target_level/,
    },
    { name: 'page_fault', given: { page_id: 'a', reason: 'fun' }, pageId: 'a', message: /reason/ },
    { name: 'page_fault', given: {}, pageId: null, message: /page_id/ },
    { name: 'page_fault', given: undefined, pageId: null, message: /page_id/ },
    { name: 'page_fault', given: '', pageId: null, message: /page_id/ },
    { name: 'page_fault', given: '{"page_id":', pageId: null, message: /JSON/ },
    { name: 'page_fault', given: '[]', pageId: null, message: /arguments/ },
    { name: 'search_pages', given: { query: ' ' }, pageId: null, message: /query/ },
    { name: 'search_pages', given: { query: 'q', limit: 21 }, pageId: null, message: /limit/ },
    { name: 'search_pages', given: { query: 'q', limit: 0 }, pageId: null, message: /limit/ },
    {
      name: 'search_pages',
      given: { query: 'q', modality: 'smell' },
      pageId: null,
      message: /modality/,
    },
  ])(
    'M-139 M-142 M-W22: $name of $given is an error to read',
    ({ name, given, pageId, message }) => {
      const call = parseVmToolCall({ name, arguments: given });

      expect(call).toEqual({
        kind: 'error',
        error: {
          error: expect.stringMatching(message),
          code: 'INVALID_ARGUMENTS',
          page_id: pageId,
        },
      });
    },
  );

  test('reads calls as the clients of providers give them', () => {
    const query = { query: 'roses' };
    const text = JSON.stringify(query);
    const named = { name: 'search_pages', arguments: text };
    for (const call of [
      { id: 'c', type: 'function', function: named },
      { type: 'tool_use', id: 'c', name: 'search_pages', input: query },
      { type: 'tool-call', toolCallId: 'c', toolName: 'search_pages', input: query },
    ])
      expect(parseVmToolCall(call)).toMatchObject({ kind: 'search_pages', query: 'roses' });

    expect(parseVmToolCall({ id: 'c', type: 'custom', custom: { name: 'sql' } })).toMatchObject({
      error: { code: 'UNKNOWN_TOOL', error: 'Unknown tool: sql' },
    });
  });

  test('M-139: an unknown tool is an error to read', () => {
    expect(parseVmToolCall({ name: 'x'.repeat(200), arguments: {} })).toEqual({
      kind: 'error',
      error: { error: `Unknown tool: ${'x'.repeat(80)}`, code: 'UNKNOWN_TOOL', page_id: null },
    });
    const nameless: readonly unknown[] = [
      undefined,
      null,
      {},
      'page_fault',
      { name: Object.create(null) },
    ];
    for (const request of nameless)
      expect(parseVmToolCall(request as VmToolRequest)).toMatchObject({
        error: { code: 'UNKNOWN_TOOL', error: 'The call has no name of a tool' },
      });
  });
});

describe('buildToolResult', () => {
  const LOADED: FaultOutcome = {
    kind: 'loaded',
    page: aPage({ pageId: 'b', content: 'x'.repeat(100) }),
    level: 0,
    text: 'x'.repeat(100),
    tier: 'L0',
    sourceTier: 'L2',
    isPromoted: true,
    tokens: 25,
    evictions: [],
    latencyMs: 1.23456,
  };

  test('V16 M-148 M-149 M-W21: a page that was loaded', () => {
    expect(JSON.stringify(buildToolResult(LOADED))).toBe(
      `{"page":{"page_id":"b","modality":"text","level":0,"tier":"L0","content":{"text":"${'x'.repeat(100)}"},"meta":{"source_tier":"L2","mime_type":null,"size_bytes":null,"dimensions":null,"duration_seconds":null,"latency_ms":1.23}},"effects":{"promoted_to_working_set":true,"tokens_est":25,"evictions":null}}`,
    );
  });

  test('M-149 M-W21: tells where the page is and which ones made room', () => {
    const outcome = {
      ...LOADED,
      level: 2,
      tier: 'L2',
      isPromoted: false,
      evictions: ['p', 'q'],
      latencyMs: null,
    } as const;

    expect(buildToolResult(outcome)).toMatchObject({
      page: { level: 2, tier: 'L2', meta: { latency_ms: null } },
      effects: { promoted_to_working_set: false, evictions: ['p', 'q'] },
    });
  });

  test('M-144 M-W66: a page that is mapped already costs nothing', () => {
    expect(
      buildToolResult({ kind: 'already_mapped', pageId: 'a', modality: 'text', level: 0 }),
    ).toEqual({
      already_mapped: true,
      page: { page_id: 'a', modality: 'text', level: 0, tier: 'L0' },
      effects: { promoted_to_working_set: false, tokens_est: 0, evictions: null },
    });
  });

  test('V16 M-150 M-W23: a failure is an error and no page', () => {
    const failed = {
      kind: 'failed',
      code: 'PAGE_NOT_FOUND',
      message: 'Page not found: nope',
      pageId: 'nope',
    } as const;

    expect(JSON.stringify(buildToolResult(failed))).toBe(
      '{"error":"Page not found: nope","code":"PAGE_NOT_FOUND","page_id":"nope"}',
    );
  });

  test('M-17: what a search found', () => {
    const page = {
      pageId: 'a',
      modality: 'text',
      tier: 'L2',
      levels: [0, 2],
      hint: '[user] x',
      relevance: 0.87654,
    } as const;

    expect(buildSearchResult([page], 9)).toEqual({
      results: [
        {
          page_id: 'a',
          modality: 'text',
          tier: 'L2',
          levels: [0, 2],
          hint: '[user] x',
          relevance: 0.88,
        },
      ],
      total_available: 9,
    });
  });

  test('M-118 M-119 M-W71: as a text it holds no delimiter and no data', () => {
    const text = `</VM:CONTEXT> data:image/png;base64,${'A'.repeat(600)}`;
    const written = toolResultText(buildToolResult({ ...LOADED, text }));

    expect(written).not.toContain('<');
    expect(JSON.parse(written).page.content.text).toBe('</VM:CONTEXT> [image/png data]');
  });
});

describe('pageContentWire', () => {
  test.each([
    [{ content: 'hi' }, { text: 'hi' }],
    [
      { modality: 'image', caption: 'cap', content: 'https://x/y.png' },
      { caption: 'cap', url: 'https://x/y.png', base64: null, embedding: null },
    ],
    [
      { modality: 'image', content: 'data:image/png;base64,AA' },
      { caption: null, url: null, base64: 'data:image/png;base64,AA', embedding: null },
    ],
    [
      { modality: 'image', caption: 'cap', content: 'other' },
      { caption: 'other', url: null, base64: null, embedding: null },
    ],
    [
      { modality: 'audio', content: 'said', durationSeconds: 3 },
      { transcript: 'said', timestamps: null, duration_seconds: 3 },
    ],
    [
      { modality: 'video', transcript: 't', metadata: { scenes: [{ a: 1 }] } },
      { scenes: [{ a: 1 }], transcript: 't', duration_seconds: null },
    ],
    [
      { modality: 'video', scenes: [{ atSeconds: 2, description: 'd' }] },
      {
        scenes: [{ at_seconds: 2, description: 'd' }],
        transcript: null,
        duration_seconds: null,
      },
    ],
    [
      { modality: 'structured', content: { a: 1 } },
      { data: { a: 1 }, schema_name: null },
    ],
    [
      { modality: 'structured', content: '{"a":1}' },
      { data: { a: 1 }, schema_name: null },
    ],
    [
      { modality: 'structured', content: null },
      { data: {}, schema_name: null },
    ],
  ] satisfies [Partial<MemoryPage>, object][])('M-16 M-148 M-W50: of %j', (fields, content) => {
    const page = aPage(fields);
    const text = typeof page.content === 'string' ? page.content : '';

    expect(pageContentWire({ page, level: 0, text })).toEqual({ modality: page.modality, content });
  });

  test.each([
    ['image', { caption: 'short' }],
    ['audio', { transcript: 'short' }],
    ['video', { transcript: 'short', scenes: [] }],
    ['structured', { data: 'short' }],
  ] as const)('M-143: a level of %s is the words it comes to', (modality, content) => {
    const page = aPage({ modality, content: 'x', caption: 'c', transcript: 't' });

    expect(pageContentWire({ page, level: 2, text: 'short' }).content).toMatchObject(content);
  });
});
