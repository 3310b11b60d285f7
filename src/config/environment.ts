import { InvalidInput } from '../domain/errors.ts';
import { MAX_DURATION_MS } from './duration.ts';

/** The model whose tokens are counted where a caller names none. */
export const DEFAULT_TOKEN_MODEL = 'gpt-4o-mini';

/** Workers one runtime may have: a thread each, and token tables serve 64 threads. */
export const MAX_WORKERS = 60;

const HOUR_MS = 3_600_000;

/** A session nobody writes to is kept this long unless something else is configured. */
export const DEFAULT_TTL_MS: number = 24 * HOUR_MS;

const DEFAULT_REDIS_URL = 'redis://localhost:6379/0';

/** Store names that may stand in `SESSION_PROVIDER`, and what they mean. */
const PROVIDERS: Readonly<Record<string, 'memory' | 'redis'>> = {
  '': 'memory',
  memory: 'memory',
  mem: 'memory',
  inmemory: 'memory',
  redis: 'redis',
  redis_store: 'redis',
};

/** The model of `PAGEFOLD_DEFAULT_MODEL`, else {@link DEFAULT_TOKEN_MODEL}; read at each call. */
export function defaultTokenModel(): string {
  return process.env['PAGEFOLD_DEFAULT_MODEL']?.trim() || DEFAULT_TOKEN_MODEL;
}

/**
 * What exact token counts are made with: `wasm` unless `PAGEFOLD_TOKEN_ENGINE` says `js`. Both count the same.
 * @throws INVALID_INPUT for any other value.
 */
export function tokenEngine(): 'wasm' | 'js' {
  const name = (process.env['PAGEFOLD_TOKEN_ENGINE'] ?? '').trim().toLowerCase();
  if (name === '' || name === 'wasm') return 'wasm';
  if (name === 'js') return 'js';
  throw new InvalidInput({ field: 'PAGEFOLD_TOKEN_ENGINE', expected: 'wasm or js' });
}

/**
 * The workers of `PAGEFOLD_WORKERS`: a number or `auto`, 0 when it is not set. Read at each call.
 * @throws INVALID_INPUT for any other value.
 */
export function configuredWorkers(): number | 'auto' {
  const text = (process.env['PAGEFOLD_WORKERS'] ?? '').trim().toLowerCase();
  if (text === '') return 0;
  if (text === 'auto') return text;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0 && count <= MAX_WORKERS) return count;
  const expected = `a whole number from 0 to ${MAX_WORKERS}, or auto`;
  throw new InvalidInput({ field: 'PAGEFOLD_WORKERS', expected });
}

/**
 * The store that `SESSION_PROVIDER` names; surrounding spaces and letter case do not matter.
 * @throws INVALID_INPUT for any other name; nothing is ever imported by a name from the environment.
 */
export function configuredProvider(): 'memory' | 'redis' {
  const name = (process.env['SESSION_PROVIDER'] ?? '').trim().toLowerCase();
  const provider = Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name] : undefined;
  if (provider !== undefined) return provider;
  throw new InvalidInput({ field: 'SESSION_PROVIDER', expected: 'memory or redis' });
}

/** What clients of the server of the Model Context Protocol have to send: `PAGEFOLD_MCP_TOKEN`; null for nothing. Read at each call. */
export function mcpToken(): string | null {
  return process.env['PAGEFOLD_MCP_TOKEN']?.trim() || null;
}

/** What clients of the metrics and the board of a worker have to send: `PAGEFOLD_WORKER_TOKEN`; null for nothing. Read at each call. */
export function workerToken(): string | null {
  return process.env['PAGEFOLD_WORKER_TOKEN']?.trim() || null;
}

/** Where the environment says that Redis is, and under which name it says so. */
export interface ConfiguredRedis {
  /** May hold a password. */
  readonly url: string;
  readonly field: string;
  /** Whether any certificate is good enough. */
  readonly isInsecure: boolean;
}

/**
 * The Redis of `SESSION_REDIS_URL`, else of `REDIS_URL`, else the one of this machine; `REDIS_TLS_INSECURE=1` turns the check
 * of certificates off. Read at each call.
 */
export function configuredRedis(): ConfiguredRedis {
  const isInsecure = process.env['REDIS_TLS_INSECURE'] === '1';
  for (const field of ['SESSION_REDIS_URL', 'REDIS_URL']) {
    const url = process.env[field]?.trim();
    if (url) return { url, field, isInsecure };
  }
  return { url: DEFAULT_REDIS_URL, field: 'SESSION_REDIS_URL', isInsecure };
}

/** What the environment says about models of a provider. */
export interface ConfiguredModel {
  /** Undefined when it says nothing. */
  readonly apiKey: string | undefined;
  readonly baseUrl: string | undefined;
  /** The name of the variable that holds the key. */
  readonly keyName: string;
}

/** The key and the address that the variables of a provider's own client name; read at each call. */
export function configuredModel(provider: 'openai' | 'anthropic'): ConfiguredModel {
  const prefix = provider.toUpperCase();
  const keyName = `${prefix}_API_KEY`;
  return {
    apiKey: process.env[keyName]?.trim() || undefined,
    baseUrl: process.env[`${prefix}_BASE_URL`]?.trim() || undefined,
    keyName,
  };
}

/**
 * Milliseconds without writes after which a session expires: `SESSION_DEFAULT_TTL` in seconds, else 24 hours.
 * @throws INVALID_INPUT when it is not a positive whole number, or beyond 100 years.
 */
export function defaultTtlMs(): number {
  const text = process.env['SESSION_DEFAULT_TTL']?.trim();
  if (!text) return DEFAULT_TTL_MS;
  const seconds = Number(text);
  const isLife = Number.isSafeInteger(seconds) && seconds > 0 && seconds * 1000 <= MAX_DURATION_MS;
  if (isLife) return seconds * 1000;
  throw new InvalidInput({
    field: 'SESSION_DEFAULT_TTL',
    expected: 'a positive whole number of seconds, 100 years at most',
  });
}
