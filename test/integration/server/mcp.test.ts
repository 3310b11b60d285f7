import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPagefold } from '../../../src/index.ts';
import type { Pagefold } from '../../../src/index.ts';
import { loadMcpLibrary } from '../../../src/server/mcp/mcp-library.ts';
import { createMcpServer } from '../../../src/server/mcp/mcp-server.ts';
import { serveHttp } from '../../../src/server/mcp/serve-http.ts';
import type { ServedSessions } from '../../../src/server/mcp/session-tools.ts';

let pagefold: Pagefold;
beforeEach(async () => {
  pagefold = await openPagefold();
  const session = pagefold.session('s');
  await session.userSays('Where is the blue whale?');
  await session.aiResponds('In the Southern Ocean.', { model: 'gpt-4o-mini', provider: 'openai' });
  await pagefold.session('other', { tenant: 'acme' }).userSays('a secret of acme');
});
afterEach(async () => pagefold.close());

function served(sessionId: string | null): ServedSessions {
  return { sessionId, find: (id) => pagefold.session(id) };
}

async function aClient(sessionId: string | null): Promise<Client> {
  const server = createMcpServer(await loadMcpLibrary(), served(sessionId));
  const [here, there] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: 'test', version: '1' });
  await Promise.all([server.connect(there), client.connect(here)]);
  return client;
}

async function textOf(client: Client, name: string, args: Record<string, unknown> = {}) {
  const { content, isError } = await client.callTool({ name, arguments: args });
  const [part] = content as readonly { readonly text: string }[];
  return { text: part?.text ?? '', isError: isError === true };
}

describe('a server of the Model Context Protocol', () => {
  test('tells which tools there are', async () => {
    const client = await aClient('s');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'page_fault',
      'search_pages',
      'session_stats',
      'session_history',
    ]);
    const named = await (await aClient(null)).listTools();
    expect(named.tools.map(({ inputSchema }) => inputSchema.required)).toEqual([
      ['session_id', 'page_id'],
      ['session_id', 'query'],
      ['session_id'],
      ['session_id'],
    ]);
  });

  test('finds pages and loads them', async () => {
    const client = await aClient('s');
    const found = await textOf(client, 'search_pages', { query: 'blue whale' });
    expect(found).toMatchObject({ isError: false, text: expect.stringContaining('blue whale') });
    const { results } = JSON.parse(found.text) as {
      readonly results: readonly { readonly page_id: string }[];
    };
    const page = await textOf(client, 'page_fault', { page_id: results[0]?.page_id });
    expect(page.text).toContain('Where is the blue whale?');
  });

  test('tells figures, and what was said', async () => {
    const client = await aClient('s');
    const stats = JSON.parse((await textOf(client, 'session_stats')).text) as object;
    expect(stats).toMatchObject({ sessionId: 's', totalMessages: 2 });
    const history = JSON.parse(
      (await textOf(client, 'session_history', { limit: 1 })).text,
    ) as object;
    expect(history).toMatchObject({
      total: 2,
      messages: [{ index: 1, role: 'assistant', content: 'In the Southern Ocean.' }],
    });
    const before = JSON.parse(
      (await textOf(client, 'session_history', { before: 1 })).text,
    ) as object;
    expect(before).toMatchObject({ messages: [{ index: 0, role: 'user' }] });
  });

  test('tells which tools were asked for, with what, and what came of it', async () => {
    const session = pagefold.session('s');
    await session.userSays('How warm is it there?');
    const asked = { name: 'weather', arguments: '{"place":"Southern Ocean"}' };
    const toolCalls = [{ id: 'c1', type: 'function', function: asked }];
    await session.aiResponds('', { model: 'gpt-4o-mini', provider: 'openai', toolCalls });
    const call = { toolName: 'weather', arguments: { place: 'Southern Ocean' } };
    await session.toolUsed({ ...call, result: { celsius: 2 } });
    await session.toolUsed({ ...call, error: 'no connection' });

    const { text } = await textOf(await aClient('s'), 'session_history', { limit: 3 });

    expect(JSON.parse(text)).toMatchObject({
      total: 6,
      messages: [
        { index: 3, role: 'assistant', tool_calls: [asked] },
        { index: 4, role: 'tool', tool_call: asked, content: '{"celsius":2}' },
        { index: 5, role: 'tool', tool_call: { ...asked, failed: true } },
      ],
    });
    expect(text).toContain('no connection');
  });

  test('what is wrong with a call is an answer that says so', async () => {
    const one = await aClient('s');
    const any = await aClient(null);
    const answers = await Promise.all([
      textOf(one, 'delete_session'),
      textOf(one, 'session_history', { limit: 0 }),
      textOf(one, 'session_stats', { session_id: 'other' }),
      textOf(any, 'session_stats'),
      textOf(any, 'session_stats', { session_id: 'gone' }),
      textOf(any, 'session_stats', { session_id: 'other' }),
    ]);
    expect(answers.map(({ isError }) => isError)).toEqual(Array.from({ length: 6 }, () => true));
    expect(answers.map(({ text }) => text)).toMatchObject([
      'There is no tool delete_session.',
      expect.stringContaining('arguments.limit'),
      expect.stringContaining('arguments.session_id'),
      expect.stringContaining('arguments.session_id'),
      'Session not found: gone',
      'Session not found: other',
    ]);
    expect(await pagefold.session('gone').exists()).toBe(false);
  });

  test('answers any number of clients over HTTP', async () => {
    const library = await loadMcpLibrary();
    await using server = await serveHttp(library, served(null), { port: 0, token: null });
    const texts = await Promise.all(
      [1, 2].map(async () => {
        const client = new Client({ name: 'test', version: '1' });
        await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
        const { text } = await textOf(client, 'session_history', { session_id: 's' });
        await client.close();
        return text;
      }),
    );
    expect(texts.every((text) => text.includes('Southern Ocean'))).toBe(true);
  });

  test('turns away who may not ask', async () => {
    const library = await loadMcpLibrary();
    await expect(
      serveHttp(library, served(null), { host: '0.0.0.0', port: 0, token: null }),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'host',
    });
    await using server = await serveHttp(library, served(null), { port: 0, token: 'sesame' });
    const ask = async (path: string, init: RequestInit) =>
      (await fetch(server.url.replace('/mcp', path), init)).status;
    const authorization = 'Bearer sesame';
    expect([
      await ask('/mcp', { method: 'POST' }),
      await ask('/mcp', { method: 'POST', headers: { authorization: 'Bearer sesam' } }),
      await ask('/else', { method: 'POST', headers: { authorization } }),
      await ask('/mcp', { headers: { authorization } }),
      await ask('/mcp', { method: 'POST', headers: { authorization }, body: '{' }),
    ]).toEqual([401, 401, 404, 405, 406]);
    const client = new Client({ name: 'test', version: '1' });
    const requestInit = { headers: { authorization } };
    await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit }));
    expect((await client.listTools()).tools).toHaveLength(4);
    await client.close();
  });
});
