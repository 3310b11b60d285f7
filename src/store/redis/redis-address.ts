import { InvalidInput } from '../../domain/errors.ts';

/** A host and its port. */
export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** Where a Redis is, and who connects. */
export interface RedisAddress {
  readonly kind: 'server' | 'socket' | 'cluster' | 'sentinel';
  /** The server; the nodes of a cluster to begin with; the sentinels. Empty for a socket. */
  readonly hosts: readonly RedisHost[];
  readonly socketPath: string | null;
  /** The name that sentinels know the server by. */
  readonly masterName: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
  readonly isEncrypted: boolean;
}

const DEFAULT_PORT = 6379;
const DEFAULT_SENTINEL_PORT = 26_379;

const SHAPE =
  /^(rediss?|redis\+cluster|rediss\+cluster|redis\+sentinel|rediss\+sentinel|redis\+unix|unix):\/\/(?:([^@/]*)@)?([^/?#]*)(\/[^?#]*)?$/;

/**
 * The address in a URL: `redis://user:password@host:6379/0`, `rediss://` for TLS, `redis+cluster://` (or several hosts
 * separated by commas) for a cluster, `redis+sentinel://host,host/master/0`, and `redis+unix:///path/to/socket`.
 * @throws INVALID_INPUT naming the field and never the URL, which may hold a password.
 */
export function parseRedisUrl(text: string, field: string): RedisAddress {
  const match = SHAPE.exec(text.trim());
  if (match === null) throw malformed(field);
  const [, scheme = '', credentials, hostList = '', path = ''] = match;
  const login = parseCredentials(credentials, field);
  if (scheme.endsWith('unix')) return socketAddress(login, path, field);
  const segments = path.split('/').filter((segment) => segment !== '');
  const isEncrypted = scheme.startsWith('rediss');
  const common = { socketPath: null, ...login, isEncrypted };
  if (scheme.endsWith('+sentinel')) {
    const [masterName, ...rest] = segments;
    if (masterName === undefined) throw malformed(field);
    const hosts = parseHosts(hostList, DEFAULT_SENTINEL_PORT, field);
    return { kind: 'sentinel', hosts, masterName, database: parseDatabase(rest, field), ...common };
  }
  const hosts = parseHosts(hostList, DEFAULT_PORT, field);
  const kind = scheme.endsWith('+cluster') || hosts.length > 1 ? 'cluster' : 'server';
  const database = parseDatabase(segments, field);
  if (kind === 'cluster' && database !== 0) {
    throw new InvalidInput({ field, expected: 'database 0, the only one of a cluster' });
  }
  return { kind, hosts, masterName: null, database, ...common };
}

/** Where a Redis is, for people: never who connects. */
export function placeOf({ hosts, socketPath, masterName }: RedisAddress): string {
  if (socketPath !== null) return socketPath;
  const list = hosts.map(({ host, port }) => {
    // A password with an @ that was not encoded ends up in front of the host.
    const name = host.slice(host.lastIndexOf('@') + 1);
    return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
  });
  return masterName === null ? list.join(', ') : `${masterName} of ${list.join(', ')}`;
}

interface Login {
  readonly username: string | null;
  readonly password: string | null;
}

function parseCredentials(text: string | undefined, field: string): Login {
  if (text === undefined || text === '') return { username: null, password: null };
  const colon = text.indexOf(':');
  const [name, password] =
    colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  try {
    return {
      username: decodeURIComponent(name) || null,
      password: decodeURIComponent(password) || null,
    };
  } catch {
    throw malformed(field);
  }
}

function socketAddress(login: Login, path: string, field: string): RedisAddress {
  if (path.length < 2) throw malformed(field);
  return {
    kind: 'socket',
    hosts: [],
    socketPath: path,
    masterName: null,
    ...login,
    database: 0,
    isEncrypted: false,
  };
}

function parseHosts(text: string, defaultPort: number, field: string): readonly RedisHost[] {
  const hosts = text.split(',').map((part) => parseHost(part.trim(), defaultPort));
  if (hosts.every((host) => host !== null)) return hosts;
  throw malformed(field);
}

function parseHost(text: string, defaultPort: number): RedisHost | null {
  const [, bracketed, plain, portText] =
    /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? (plain === '' ? 'localhost' : plain);
  const port = portText === undefined ? defaultPort : Number(portText);
  return host === undefined || port < 1 || port > 65_535 ? null : { host, port };
}

function parseDatabase(segments: readonly string[], field: string): number {
  const [text = '0', ...rest] = segments;
  if (/^\d{1,4}$/.test(text) && rest.length === 0) return Number(text);
  throw malformed(field);
}

function malformed(field: string): InvalidInput {
  return new InvalidInput({ field, expected: 'a Redis URL such as redis://localhost:6379/0' });
}
