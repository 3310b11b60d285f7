import { openPagefold, type Pagefold } from '../../api/pagefold.ts';
import { configuredProvider, mcpToken } from '../../config/environment.ts';
import { DEFAULT_TENANT, idSchema, type SessionKey, tenantSchema } from '../../domain/ids.ts';
import { parseInput } from '../../domain/parse.ts';
import { onAbort } from '../../domain/on-abort.ts';
import { loadMcpLibrary } from '../../server/mcp/mcp-library.ts';
import { serveHttp } from '../../server/mcp/serve-http.ts';
import { serveStdio } from '../../server/mcp/serve-stdio.ts';
import type { ServedSessions } from '../../server/mcp/session-tools.ts';
import { roomForContents } from '../archive/opened-archive.ts';
import { openArchive } from '../archive/session-archive.ts';
import { type Arguments, parseArguments } from '../arguments.ts';
import { artifactsOf } from '../artifact-folder.ts';
import { decodeSource } from '../chat-export/source-text.ts';
import type { Command } from '../command.ts';
import { DEPLOYMENT_OPTIONS, redisOf } from '../redis-options.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const OPTIONS = {
  ...DEPLOYMENT_OPTIONS,
  artifacts: { type: 'string' },
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
sessions of the store that SESSION_PROVIDER names, or of a deployment in Redis; with exports, for the sessions in them. Needs the package
@modelcontextprotocol/sdk.

  --redis URL         the deployment in the Redis there, and not the store that SESSION_PROVIDER names
  --namespace NAME    the deployment whose keys begin with that
  --artifacts FOLDER  the folder of the artifact store that the service has
  --session ID        this session only; else clients name theirs
  --tenant TENANT     the tenant whose sessions are served, default that of the exports, else ${DEFAULT_TENANT}
  --http PORT         serve streamable HTTP at /mcp instead, of any free port for 0
  --host HOST         listen there instead of on 127.0.0.1; needs a token in PAGEFOLD_MCP_TOKEN, which clients send`,
  async run(args, terminal) {
    const parsed = parseArguments(args, OPTIONS);
    const port = portOf(parsed);
    const library = await loadMcpLibrary();
    const wanted = wantedBy(parsed);
    await using pagefold = await openFor(parsed);
    const tenant =
      parsed.files.length === 0
        ? (wanted.tenant ?? DEFAULT_TENANT)
        : tenantOf(await readExports(pagefold, parsed, terminal), wanted);
    const sessions: ServedSessions = {
      sessionId: wanted.sessionId,
      find: (sessionId) => pagefold.session(sessionId, { tenant }),
    };
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

/** What the options say about which sessions are served; null where they say nothing. */
interface Wanted {
  readonly sessionId: string | null;
  readonly tenant: string | null;
}

function wantedBy(parsed: Arguments): Wanted {
  const [sessionId, tenant] = [parsed.text('session'), parsed.text('tenant')];
  return {
    sessionId: sessionId === null ? null : parseInput(idSchema, sessionId, '--session'),
    tenant: tenant === null ? null : parseInput(tenantSchema, tenant, '--tenant'),
  };
}

function openFor(parsed: Arguments): Promise<Pagefold> {
  const [redis, directory] = [redisOf(parsed), parsed.text('artifacts')];
  const isOfDeployment = Object.keys(redis).length > 0;
  if (parsed.files.length > 0) {
    if (isOfDeployment || directory !== null)
      throw new UsageError(
        'exports hold all that is served: --redis, --namespace and --artifacts go without them',
      );
    const timeToLive = { absoluteMs: null, slidingMs: null };
    return openPagefold({ tokens: 'estimate', timeToLive, artifacts: roomForContents() });
  }
  const store = isOfDeployment ? { redis } : configuredProvider();
  if (directory !== null && store === 'memory')
    throw new UsageError(
      '--artifacts goes with a store that others write to, and SESSION_PROVIDER names none',
    );
  return openPagefold({ store, artifacts: artifactsOf(parsed) });
}

async function readExports(
  pagefold: Pagefold,
  { files }: Arguments,
  terminal: Terminal,
): Promise<readonly SessionKey[]> {
  const keys: SessionKey[] = [];
  for (const path of files) {
    // In order: exports may share a session that they were forked from.
    const restored = await openArchive(pagefold, decodeSource(path, await terminal.readFile(path)));
    keys.push(...restored.map(({ key }) => key));
  }
  return keys;
}

/** The one tenant that is served, so that no client reaches from one into another by the id of a session. */
function tenantOf(keys: readonly SessionKey[], { sessionId, tenant }: Wanted): string {
  const meant = keys.filter(
    (key) =>
      key.sessionId === (sessionId ?? key.sessionId) && key.tenant === (tenant ?? key.tenant),
  );
  const [first, ...others] = new Set(meant.map((key) => key.tenant));
  const named = sessionId === null ? '' : ` ${sessionId}`;
  if (first === undefined) {
    const ofTenant = tenant === null ? '' : ` of the tenant ${tenant}`;
    throw new UsageError(`the exports hold no session${named}${ofTenant}`);
  }
  if (others.length === 0) return first;
  const tenants = [first, ...others].join(', ');
  const what = sessionId === null ? 'sessions' : `a session${named}`;
  throw new UsageError(
    `the exports hold ${what} of several tenants (${tenants}): --tenant says which is served`,
  );
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
    else onAbort(signal, resolve);
  });
}
