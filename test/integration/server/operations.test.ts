import { request } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type OperationsOptions,
  serveOperations,
} from '../../../src/server/operations/serve-operations.ts';

async function aServer(options: Partial<OperationsOptions> = {}): Promise<string> {
  const server = await serveOperations({
    port: 0,
    token: null,
    metrics: async () => 'up 1\n',
    board: null,
    ...options,
  });
  onTestFinished(() => server.close());
  return server.url;
}

/** As `fetch`, which does not let a header name another host. */
function statusOf(
  url: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, method }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.once('error', reject).end();
  });
}

describe('serveOperations', () => {
  test('serves figures, and nothing else without a board', async () => {
    const url = await aServer();
    const figures = await fetch(`${url}/metrics?x=1`);

    expect(await figures.text()).toBe('up 1\n');
    expect(figures.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect((await fetch(`${url}/board`)).status).toBe(404);
    expect((await fetch(`${url}/metricsx`)).status).toBe(404);
  });

  test('hands the board what is below it, but no change that another site asks for', async () => {
    const url = await aServer({ board: ({ url: path }, response) => response.end(path) });

    expect(await (await fetch(`${url}/board/api/queues?page=1`)).text()).toBe('/api/queues?page=1');
    expect(await (await fetch(`${url}/board`)).text()).toBe('/');
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await fetch(`${url}/board/x`, { method: 'PUT', headers })).status).toBe(403);
    expect((await fetch(`${url}/boards`)).status).toBe(404);
  });

  test('takes changes from its own pages alone, and from clients that are no browser', async () => {
    const url = await aServer({ board: (_, response) => response.end() });
    const { host } = new URL(url);
    const statusesOf = (method: string, all: readonly Readonly<Record<string, string>>[]) =>
      Promise.all(all.map((headers) => statusOf(`${url}/board/x`, headers, method)));
    const own = [
      {},
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      { origin: `http://${host}` },
      { origin: `https://${host}` },
      { origin: 'http://localhost', host: 'LOCALHOST:80' },
    ];
    const others = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: `http://${host}` },
      { 'sec-fetch-site': '' },
      { origin: 'http://evil.example' },
      { origin: 'http://127.0.0.1:1' },
      { origin: 'null' },
    ];

    for (const method of ['POST', 'DELETE', 'OPTIONS']) {
      expect(await statusesOf(method, own)).toEqual(own.map(() => 200));
      expect(await statusesOf(method, others)).toEqual(others.map(() => 403));
    }
    for (const method of ['GET', 'HEAD'])
      expect(await statusesOf(method, others)).toEqual(others.map(() => 200));
  });

  test('names a port that is in use', async () => {
    const port = Number(new URL(await aServer()).port);
    await expect(aServer({ port })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'port',
      message: expect.stringContaining(String(port)),
      cause: { code: 'EADDRINUSE' },
    });
    await expect(aServer({ port: 65_536 })).rejects.toMatchObject({ field: 'port' });
    await expect(aServer({ host: '192.0.2.1', token: 'secret' })).rejects.toMatchObject({
      field: 'host',
    });
  });

  test('is for this machine alone, unless clients have a token', async () => {
    const local = await aServer();
    expect(await statusOf(`${local}/metrics`, { host: 'evil.example' })).toBe(403);
    await expect(aServer({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });

    const open = await aServer({ token: 'secret' });
    expect(await statusOf(`${open}/metrics`, {})).toBe(401);
    expect(await statusOf(`${open}/metrics`, { authorization: 'Bearer secret' })).toBe(200);
  });

  test('says so when figures cannot be had', async () => {
    const url = await aServer({ metrics: () => Promise.reject(new Error('no')) });
    expect((await fetch(`${url}/metrics`)).status).toBe(500);
  });
});
