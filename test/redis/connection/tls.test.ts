import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort, startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';
import { createRedisStore, type RedisStoreOptions, type Store } from '../../../src/index.ts';
import { aKey, anAppend } from '../../../src/testing/index.ts';
import { type SelfSigned, selfSigned } from '../../lib/redis/self-signed.ts';

const key = aKey();

/** A server that speaks TLS on a port of its own and asks for no certificate of the client, unless told to. */
async function aTlsServer(
  server: SelfSigned,
  settings: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pagefold-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const certFile = path.join(folder, 'server.crt');
  const keyFile = path.join(folder, 'server.key');
  writeFileSync(certFile, server.cert);
  writeFileSync(keyFile, server.key, { mode: 0o600 });
  const port = await freePort();
  const redis = await startPrivateRedis({
    settings: {
      'tls-port': String(port),
      'tls-cert-file': certFile,
      'tls-key-file': keyFile,
      'tls-ca-cert-file': certFile,
      'tls-auth-clients': 'no',
      ...settings,
    },
  });
  onTestFinished(() => redis.close());
  return `rediss://localhost:${port}`;
}

function open(options: RedisStoreOptions): Store {
  const store = createRedisStore({ commandTimeoutMs: 1000, ...options });
  onTestFinished(() => store.close());
  return store;
}

describe('C-67: a connection over TLS', () => {
  test('is made to a server whose certificate is trusted, and carries a session', async () => {
    const server = selfSigned('localhost');
    const store = open({ url: await aTlsServer(server), tls: { ca: server.cert } });

    expect(await store.append(anAppend())).toMatchObject({ kind: 'ok', firstPosition: 1 });
    expect(await store.head({ key })).toMatchObject({ version: 1 });
  });

  test('is refused to a server whose certificate nobody vouches for', async () => {
    const store = open({ url: await aTlsServer(selfSigned('localhost')) });

    await expect(store.append(anAppend())).rejects.toMatchObject({
      code: 'STORAGE_ERROR',
      message: expect.stringContaining('self-signed certificate'),
    });
  });

  test('is refused to a server with the certificate of another name, unless that name is expected', async () => {
    const server = selfSigned('redis.example');
    const url = await aTlsServer(server);

    await expect(open({ url, tls: { ca: server.cert } }).head({ key })).rejects.toMatchObject({
      code: 'STORAGE_ERROR',
      message: expect.stringContaining('certificate'),
    });
    const expecting = open({ url, tls: { ca: server.cert, servername: 'redis.example' } });
    expect(await expecting.head({ key })).toBeNull();
  });

  test('shows its own certificate to a server that asks for one', async () => {
    const server = selfSigned('localhost');
    const url = await aTlsServer(server, { 'tls-auth-clients': 'yes' });

    await expect(open({ url, tls: { ca: server.cert } }).head({ key })).rejects.toMatchObject({
      code: 'STORAGE_ERROR',
    });
    const known = open({ url, tls: { ca: server.cert, cert: server.cert, key: server.key } });
    expect((await known.append(anAppend())).kind).toBe('ok');
  });

  test('W-70: shows no key in what it says of a failure', async () => {
    const { cert, key: secret } = selfSigned('localhost');
    const store = open({ url: 'rediss://localhost:1', tls: { cert, key: secret } });
    const told = await store.head({ key }).catch((error: unknown) => JSON.stringify(error));

    expect(told).toContain('STORAGE_ERROR');
    expect(told).not.toContain('PRIVATE KEY');
  });
});
