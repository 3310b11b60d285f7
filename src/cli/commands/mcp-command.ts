import { openPagefold, type Pagefold } from '../../api/pagefold.ts';
import { configuredProvider, mcpToken } from '../../config/environment.ts';
import { DEFAULT_TENANT, idSchema, tenantSchema } from '../../domain/ids.ts';
import { parseInput } from '../../domain/parse.ts';
import { loadMcpLibrary } from '../../server/mcp/mcp-library.ts';
import { serveHttp } from '../../server/mcp/serve-http.ts';
import { serveStdio } from '../../server/mcp/serve-stdio.ts';
import type { ServedSessions } from '../../server/mcp/session-tools.ts';
import { openArchive } from '../archive/session-archive.ts';
import { type Arguments, parseArguments } from '../arguments.ts';
import { decodeSource } from '../chat-export/source-text.ts';
import type { Command } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const OPTIONS = {
  session: { type: 'string' },
  tenant: { type: 'string' },
  http: { type: 'string' },
  host: { type: 'string' },
} as const;
const MAX_PORT = 65_535;

/** `pagefold mcp`: lets clients of the Model Context Protocol read sessions. */
export const mcpCommand: Command = {
  name: 'mcp',
  summary: 'let clients of the Model Context Protocol read sessions',
  usage: `Usage: pagefold mcp [SESSION-EXPORT...] [OPTIONS]

Serves the tools page_fault, search_pages, session_stats and session_history over standard input and output, for the
sessions of the store that SESSION_PROVIDER names; with exports, for the sessions in them. Needs the package
@modelcontextprotocol/sdk.

  --session ID        this session only; else clients name theirs
  --tenant TENANT     the tenant whose sessions are served, default ${DEFAULT_TENANT}
  --http PORT         serve streamable HTTP at /mcp instead, of any free port for 0
  --host HOST         listen there instead of on 127.0.0.1; needs a token in PAGEFOLD_MCP_TOKEN, which clients send`,
  async run(args, terminal) {
    const parsed = parseArguments(args, OPTIONS);
    const port = portOf(parsed);
    const library = await loadMcpLibrary();
    await using pagefold = await openFor(parsed, terminal);
    const sessions = servedBy(pagefold, parsed);
    if (port === null) {
      await serveStdio(library, sessions, terminal.signal);
      return;
    }
    const host = parsed.text('host') ?? undefined;
    await using server = await serveHttp(library, sessions, { host, port, token: mcpToken() });
    await terminal.print(`${server.url}\n`);
    await aborted(terminal.signal);
  },
};

async function openFor({ files }: Arguments, terminal: Terminal): Promise<Pagefold> {
  if (files.length === 0) return openPagefold({ store: configuredProvider() });
  const timeToLive = { absoluteMs: null, slidingMs: null };
  const pagefold = await openPagefold({ tokens: 'estimate', timeToLive });
  for (const path of files) {
    // In order: exports may share a session that they were forked from.
    await openArchive(pagefold, decodeSource(path, await terminal.readFile(path)));
  }
  return pagefold;
}

function servedBy(pagefold: Pagefold, parsed: Arguments): ServedSessions {
  const named = parsed.text('session');
  const tenant = parseInput(tenantSchema, parsed.text('tenant') ?? DEFAULT_TENANT, '--tenant');
  return {
    sessionId: named === null ? null : parseInput(idSchema, named, '--session'),
    find: (sessionId) => pagefold.session(sessionId, { tenant }),
  };
}

function portOf(parsed: Arguments): number | null {
  const text = parsed.text('http');
  if (text === null) {
    if (parsed.text('host') !== null) throw new UsageError('--host goes with --http');
    return null;
  }
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= MAX_PORT) return port;
  throw new UsageError(`--http takes a port, not ${text || 'nothing'}`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
