import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { getVersion } from '../../config/version.ts';
import { PagefoldError } from '../../domain/errors.ts';
import { parseJsonObject } from '../../domain/json.ts';
import type { McpLibrary } from './mcp-library.ts';
import { callSessionTool, type ServedSessions, sessionTools } from './session-tools.ts';

/** What a client is answered. */
interface ToolAnswer {
  readonly content: { readonly type: 'text'; readonly text: string }[];
  readonly isError?: boolean;
  // The library's own type of answers has room for anything.
  readonly [extra: string]: unknown;
}

/** A server of the protocol that lets clients read sessions: their pages, their figures, what was said. */
export function createMcpServer(library: McpLibrary, sessions: ServedSessions): Server {
  const server = new library.Server(
    { name: 'pagefold', version: getVersion() },
    { capabilities: { tools: {} } },
  );
  const tools = sessionTools(sessions);
  server.setRequestHandler(library.ListToolsRequestSchema, () => ({
    tools: tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
  }));
  server.setRequestHandler(library.CallToolRequestSchema, async ({ params }) => {
    const tool = tools.find(({ name }) => name === params.name);
    if (tool === undefined) return failed(`There is no tool ${params.name}.`);
    try {
      const given = parseJsonObject(params.arguments ?? {}, 'arguments');
      return { content: [{ type: 'text', text: await callSessionTool(tool, sessions, given) }] };
    } catch (error) {
      // What went wrong with one call is for the model that made it.
      if (PagefoldError.isInstance(error)) return failed(error.message);
      throw error;
    }
  });
  return server;
}

function failed(text: string): ToolAnswer {
  return { content: [{ type: 'text', text }], isError: true };
}
