import type { McpLibrary } from './mcp-library.ts';
import { createMcpServer } from './mcp-server.ts';
import type { ServedSessions } from './session-tools.ts';
import { onAbort } from '../../domain/on-abort.ts';

/** Serves one client over standard input and output, until it ends its side or the signal is aborted. */
export async function serveStdio(
  library: McpLibrary,
  sessions: ServedSessions,
  signal: AbortSignal,
): Promise<void> {
  const server = createMcpServer(library, sessions);
  const transport = new library.StdioServerTransport();
  const ended = new Promise<void>((resolve) => {
    server.onclose = resolve;
    process.stdin.once('end', resolve);
    onAbort(signal, resolve);
    if (signal.aborted) resolve();
  });
  await server.connect(transport);
  await ended;
  await server.close();
}
