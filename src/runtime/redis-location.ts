import { z } from 'zod';
import { configuredRedis } from '../config/environment.ts';
import { parseRedisUrl, type RedisAddress } from '../store/redis/redis-address.ts';
import type { RedisTls } from '../store/redis/redis-client.ts';

/** Where a Redis is, as callers say it. */
export interface RedisLocation {
  readonly url?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: RedisTls | undefined;
}

/** Parses certificates and checks of an encrypted connection. */
export const tlsSchema: z.ZodType<{
  readonly [Name in keyof RedisTls]?: RedisTls[Name] | undefined;
}> = z.strictObject({
  ca: z.string().optional(),
  cert: z.string().optional(),
  key: z.string().optional(),
  servername: z.string().optional(),
  rejectUnauthorized: z.boolean().optional(),
});

/** Parses what all keys begin with. No braces: what stands in them decides where a cluster keeps a key. */
export const namespaceSchema: z.ZodString = z
  .string()
  .regex(/^[\w.-]{1,64}$/, '1 to 64 letters, digits, dots, dashes and underscores');

/**
 * The Redis that callers name, else the one of the environment.
 * @throws INVALID_INPUT naming the option below `field`, or the variable of the environment, and never its value.
 */
export function locateRedis(
  location: RedisLocation,
  field: string,
): { readonly address: RedisAddress; readonly tls: RedisTls | null } {
  const configured = configuredRedis();
  const address =
    location.url === undefined
      ? parseRedisUrl(configured.url, configured.field)
      : parseRedisUrl(location.url, `${field}.url`);
  const { username = address.username, password = address.password } = location;
  const isInsecure = location.url === undefined && configured.isInsecure;
  return {
    address: { ...address, username, password },
    tls: location.tls ?? (address.isEncrypted && isInsecure ? { rejectUnauthorized: false } : null),
  };
}
