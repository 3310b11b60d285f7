import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type {
  CallToolRequestSchema,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { SessionManagerError } from '../../domain/errors.ts';

/** What is used of the protocol's own library. */
export interface McpLibrary {
  readonly Server: typeof Server;
  readonly StdioServerTransport: typeof StdioServerTransport;
  readonly StreamableHTTPServerTransport: typeof StreamableHTTPServerTransport;
  readonly CallToolRequestSchema: typeof CallToolRequestSchema;
  readonly ListToolsRequestSchema: typeof ListToolsRequestSchema;
}

/**
 * Loads the library, which is installed by those who serve.
 * @throws SESSION_MANAGER_ERROR when it is not installed
 */
export async function loadMcpLibrary(): Promise<McpLibrary> {
  try {
    const [server, stdio, http, types] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/index.js'),
      import('@modelcontextprotocol/sdk/server/stdio.js'),
      import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
      import('@modelcontextprotocol/sdk/types.js'),
    ]);
    return { ...server, ...stdio, ...http, ...types };
  } catch (cause) {
    throw new SessionManagerError(
      'The Model Context Protocol needs a package of its own: npm install @modelcontextprotocol/sdk',
      { cause },
    );
  }
}
