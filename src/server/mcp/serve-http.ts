import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvalidInput } from '../../domain/errors.ts';
import type { McpLibrary } from './mcp-library.ts';
import { createMcpServer } from './mcp-server.ts';
import type { ServedSessions } from './session-tools.ts';

/** Where the server listens, and for whom. */
export interface HttpOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** 0 for any that is free. */
  readonly port: number;
  /** What clients have to send as a bearer token; null for none, which only this machine may do. */
  readonly token: string | null;
}

/** A server that listens. */
export interface ListeningServer extends AsyncDisposable {
  readonly url: string;
  close(): Promise<void>;
}

const PATH = '/mcp';
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Serves any number of clients over streamable HTTP. Every request stands alone: all that clients share is in the store.
 * @throws INVALID_INPUT for a host that others reach without a token
 */
export async function serveHttp(
  library: McpLibrary,
  sessions: ServedSessions,
  { host = '127.0.0.1', port, token }: HttpOptions,
): Promise<ListeningServer> {
  if (token === null && !LOOPBACK.has(host))
    throw new InvalidInput({ field: 'host', expected: 'this machine, or a token for clients' });
  const http = createServer((request, response) => {
    const refusal = refusalOf(request, { token, isLocal: LOOPBACK.has(host) });
    if (refusal !== null) refuse(response, refusal);
    else void answer(library, sessions, { request, response });
  });
  await listen(http, { host, port });
  const { port: actual } = http.address() as AddressInfo; // a server that listens on a port has one
  const close = (): Promise<void> => closeServer(http);
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${actual}${PATH}`, close, [Symbol.asyncDispose]: close };
}

async function answer(
  library: McpLibrary,
  sessions: ServedSessions,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const server = createMcpServer(library, sessions);
  const transport = new library.StreamableHTTPServerTransport({ enableJsonResponse: true });
  response.once('close', () => void server.close());
  try {
    await server.connect(transport);
    await transport.handleRequest(request, response);
  } catch {
    // Told to the client; nobody else asked.
    if (response.headersSent) response.destroy();
    else refuse(response, { status: 500, text: 'Internal error' });
  }
}

interface Refusal {
  readonly status: number;
  readonly text: string;
}

function refusalOf(
  request: IncomingMessage,
  { token, isLocal }: { readonly token: string | null; readonly isLocal: boolean },
): Refusal | null {
  // A page in a browser of this machine could have its own name point here.
  if (isLocal && !LOOPBACK.has(hostName(request.headers.host)))
    return { status: 403, text: 'Unknown host' };
  if (token !== null && !isSame(request.headers.authorization ?? '', `Bearer ${token}`))
    return { status: 401, text: 'A bearer token is needed' };
  // Not parsed as a URL: what a client sends need not be one.
  if ((request.url ?? '').split('?', 1)[0] !== PATH) return { status: 404, text: 'Not found' };
  return request.method === 'POST' ? null : { status: 405, text: 'Only POST' };
}

function hostName(host = ''): string {
  return host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

/** Takes the same time whatever is wrong. */
function isSame(left: string, right: string): boolean {
  const [first, second] = [left, right].map((text) => createHash('sha256').update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}

function refuse(response: ServerResponse, { status, text }: Refusal): void {
  const error = { jsonrpc: '2.0', error: { code: -32_000, message: text }, id: null };
  const more = status === 405 ? { allow: 'POST' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...more });
  response.end(JSON.stringify(error));
}

function listen(
  server: Server,
  place: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(place, resolve);
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
