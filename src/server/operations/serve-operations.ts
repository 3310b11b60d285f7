import { createHash, timingSafeEqual } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvalidInput } from '../../domain/errors.ts';
import type { RequestHandler } from './bull-board.ts';
import { METRICS_TYPE } from './metrics-text.ts';

/** What is served, where, and for whom. */
export interface OperationsOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** 0 for any that is free. */
  readonly port: number;
  /** What clients have to send as a bearer token; null for none, which only this machine may do. */
  readonly token: string | null;
  /** The text for Prometheus, at `/metrics`. */
  readonly metrics: () => Promise<string>;
  /** Answers below {@link BOARD_PATH}; null for nothing there. */
  readonly board: RequestHandler | null;
}

/** A server that listens. */
export interface OperationsServer extends AsyncDisposable {
  readonly url: string;
  close(): Promise<void>;
}

/** Where the board is. */
export const BOARD_PATH = '/board';
const METRICS_PATH = '/metrics';
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** What a browser says of requests from the page itself, and from the person who uses it. */
const OWN_SITES: ReadonlySet<string> = new Set(['same-origin', 'none']);
/** What is wrong with a place that is not to be had. */
const UNAVAILABLE: ReadonlyMap<unknown, readonly ['host' | 'port', string]> = new Map([
  ['EADDRINUSE', ['port', 'one that is not in use']],
  ['EACCES', ['port', 'one that this process may listen on']],
  ['ERR_SOCKET_BAD_PORT', ['port', 'a number from 0 to 65535']],
  ['EADDRNOTAVAIL', ['host', 'an address of this machine']],
  ['ENOTFOUND', ['host', 'a name that has an address']],
]);
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Serves figures for Prometheus and, where there is one, the board.
 * @throws INVALID_INPUT for a host that others reach without a token, and for a host or a port that cannot be listened on.
 */
export async function serveOperations(options: OperationsOptions): Promise<OperationsServer> {
  const { host = '127.0.0.1', port, token } = options;
  if (token === null && !LOOPBACK.has(host))
    throw new InvalidInput({ field: 'host', expected: 'this machine, or a token for clients' });
  const http = createServer((request, response) => {
    if (LOOPBACK.has(host) && !LOOPBACK.has(hostName(request.headers.host)))
      // A page in a browser of this machine could have its own name point here.
      return answer(response, { status: 403, text: 'Unknown host\n' });
    if (token !== null && !isSame(request.headers.authorization ?? '', `Bearer ${token}`))
      return answer(response, { status: 401, text: 'A bearer token is needed\n' });
    route(options, request, response);
  });
  await listen(http, { host, port });
  const { port: actual } = http.address() as AddressInfo; // a server that listens on a port has one
  const close = (): Promise<void> => closeServer(http);
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${actual}`, close, [Symbol.asyncDispose]: close };
}

function route(
  { metrics, board }: OperationsOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = request.url ?? '';
  const path = url.split('?', 1)[0] ?? '';
  if (path === METRICS_PATH) {
    metrics().then(
      (text) => answer(response, { status: 200, text, type: METRICS_TYPE }),
      // Told to the client; nobody else asked.
      () => answer(response, { status: 500, text: 'Internal error\n' }),
    );
    return;
  }
  if (board === null || (path !== BOARD_PATH && !path.startsWith(`${BOARD_PATH}/`)))
    return answer(response, { status: 404, text: 'Not found\n' });
  // What it changes, another site in the same browser must not be able to ask for.
  if (!READING.has(request.method ?? '') && !isOfThisOrigin(request.headers))
    return answer(response, { status: 403, text: 'Not from another site\n' });
  const rest = url.slice(BOARD_PATH.length);
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  board(request, response);
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
}

function hostName(host = ''): string {
  return host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

/** Browsers of old, and those on a page without TLS, tell the origin alone; clients that are none tell neither. */
function isOfThisOrigin(headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-site': site, origin, host } = headers;
  if (site !== undefined) return typeof site === 'string' && OWN_SITES.has(site);
  if (origin === undefined) return true;
  if (host === undefined || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  const own = `${page.protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === page.host;
}

/** Takes the same time whatever is wrong. */
function isSame(left: string, right: string): boolean {
  const [first, second] = [left, right].map((text) => createHash('sha256').update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}

function answer(
  response: ServerResponse,
  { status, text, type = 'text/plain; charset=utf-8' }: Answer,
): void {
  response.writeHead(status, { 'content-type': type });
  response.end(text);
}

function listen(
  server: Server,
  place: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(place, resolve);
  }).catch((error: unknown) => {
    throw unavailable(error, place.port);
  });
}

function unavailable(error: unknown, port: number): unknown {
  const code: unknown = Reflect.get(Object(error), 'code');
  const [field, wanted] = UNAVAILABLE.get(code) ?? [];
  if (field === undefined) return error;
  const expected = field === 'port' ? `${wanted}, and not ${port}` : `${wanted}`;
  return new InvalidInput({ field, expected, cause: error });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
