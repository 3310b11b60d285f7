import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { mcpTools, openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';

/** A real server of the protocol with a few tools, and a real client of it. */
async function aClient(): Promise<Client> {
  const server = new McpServer({ name: 'shop', version: '1' });
  const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
  server.registerTool(
    'find',
    {
      description: 'Finds things',
      inputSchema: { query: z.string(), limit: z.number().int() },
      annotations: { readOnlyHint: true },
    },
    ({ query, limit }) => text(JSON.stringify({ query, limit })),
  );
  server.registerTool('buy', { description: 'Buys a thing' }, () => ({
    ...text('Rate limit exceeded'),
    isError: true,
  }));
  server.registerTool(
    'price',
    { inputSchema: { id: z.string() }, outputSchema: { price: z.number() } },
    () => ({ content: [], structuredContent: { price: 3 } }),
  );
  server.registerTool('wait', { inputSchema: { timeout: z.number() } }, ({ timeout }) =>
    text(`${timeout}`),
  );
  server.registerTool(
    'slow',
    {},
    async (extra) =>
      new Promise((_resolve, reject) => {
        extra.signal.addEventListener('abort', () => reject(new Error('stopped')));
      }),
  );
  const [here, there] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: 'test', version: '1' });
  await Promise.all([server.connect(there), client.connect(here)]);
  return client;
}

const asking = (...calls: readonly (readonly [string, unknown])[]) => ({
  content: calls.map(([name, input], index) => ({
    type: 'tool_use',
    id: `t${index}`,
    name,
    input,
  })),
});

describe('mcpTools', () => {
  test('G-129, G-W108, G-W110: tools of a server run through the processor, with their schemas and their failures', async () => {
    const tools = await mcpTools(await aClient(), { namespace: 'shop' });
    expect(Object.keys(tools)).toEqual([
      'shop__find',
      'shop__buy',
      'shop__price',
      'shop__wait',
      'shop__slow',
    ]);
    await using pagefold = await openPagefold();
    const session = pagefold.session('s');
    await session.userSays('go');
    const processor = await SessionAwareToolProcessor.create(session, {
      tools: {
        ...tools,
        shop__buy: { ...tools['shop__buy']!, retry: { maxRetries: 1, baseDelayMs: 1 } },
      },
    });
    const results = await processor.processLlmMessage(
      asking(
        ['shop__find', { query: 'shoes', limit: '10' }],
        ['shop__find', { limit: 1 }],
        ['shop__buy', {}],
        ['shop__price', { id: 'a' }],
      ),
    );
    expect(results).toMatchObject([
      { status: 'succeeded', value: { query: 'shoes', limit: 10 } },
      { status: 'blocked', findings: [{ guard: 'schema' }] },
      { status: 'failed', errorClass: 'rate_limit', error: 'Rate limit exceeded', attempts: 1 },
      { status: 'succeeded', value: { price: 3 } },
    ]);
  });

  test('G-W110: tools of the same name at two servers are two, and get all of their arguments', async () => {
    const [left, right] = await Promise.all(
      ['left', 'right'].map(async (namespace) => mcpTools(await aClient(), { namespace })),
    );
    await using pagefold = await openPagefold();
    const processor = await SessionAwareToolProcessor.create(pagefold.session('s'), {
      tools: { ...left, ...right, right__wait: () => 'another' },
    });
    const results = await processor.processLlmMessage(
      asking(['left__wait', { timeout: 7 }], ['right__wait', { timeout: 7 }], ['wait', {}]),
    );
    expect(results).toMatchObject([
      { status: 'succeeded', value: '7' },
      { status: 'succeeded', value: 'another' },
      { status: 'failed', errorClass: 'not_found' },
    ]);
  });

  test('a call that is given up is given up at the server', async () => {
    const tools = await mcpTools(await aClient());
    await using pagefold = await openPagefold();
    const session = pagefold.session('s');
    const processor = await SessionAwareToolProcessor.create(session, {
      tools: { slow: { ...tools['slow']!, timeoutMs: 30 } },
    });
    const [result] = await processor.processLlmMessage(asking(['slow', {}]));
    expect(result).toMatchObject({ status: 'unknown', errorClass: 'timeout', attempts: 1 });
  });

  test('G-W111: what a server says of its tools counts only where it is trusted', async () => {
    const client = await aClient();
    const effect = async (options: object) => (await mcpTools(client, options))['find']?.effect;
    expect([
      await effect({}),
      await effect({ trustsHints: true }),
      await effect({ define: () => ({ effect: 'pure' }) }),
    ]).toEqual([undefined, 'read', 'pure']);
  });

  test('names are those that providers take, whatever separates them is known to guards', async () => {
    const client = await aClient();
    const names = Object.keys(await mcpTools(client, { namespace: 'shop' }));
    expect(names.filter((name) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name))).toEqual([]);
    const dotted = await mcpTools(client, { namespace: 'shop', separator: '.' });
    expect(Object.keys(dotted)[0]).toBe('shop.find');
  });

  test.each<[string, object]>([
    ['conditions', { dependentRequired: { a: ['b'] } }],
    ['what must not be', { properties: { a: { not: { type: 'string' } } } }],
    ['patterns of Python', { properties: { a: { type: 'string', pattern: '(?i)^abc$' } } }],
    ['references within', { properties: { a: { $ref: '#/properties/b' }, b: { type: 'string' } } }],
  ])('a schema that cannot be checked here leaves the check to its server: %s', async (_, odd) => {
    const plain = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    const listed = [
      { name: 'odd', inputSchema: { type: 'object', ...odd } },
      { name: 'plain', inputSchema: plain },
    ];
    const client = {
      listTools: () => Promise.resolve({ tools: listed }),
      callTool: () => Promise.resolve({ content: [{ type: 'text', text: 'done' }] }),
    };
    const tools = await mcpTools(client);
    await using pagefold = await openPagefold({ tokens: 'estimate' });
    const session = pagefold.session('s');
    const processor = await SessionAwareToolProcessor.create(session, { tools });
    const results = await processor.processLlmMessage(asking(['odd', { a: 1 }], ['plain', {}]));
    expect(results).toMatchObject([{ status: 'succeeded' }, { status: 'blocked' }]);
    // A schema of the caller's own has to be one that is understood.
    const own = await mcpTools(client, { define: () => ({ schema: { type: 'object', ...odd } }) });
    await expect(SessionAwareToolProcessor.create(session, { tools: own })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});
