import { describe, expect, test } from 'vitest';
import { parseRedisUrl, placeOf } from '../../../../src/store/redis/redis-address.ts';

const LOCAL = {
  kind: 'server',
  hosts: [{ host: 'localhost', port: 6379 }],
  socketPath: null,
  masterName: null,
  username: null,
  password: null,
  database: 0,
  isEncrypted: false,
};

describe('parseRedisUrl', () => {
  test.each([
    ['redis://localhost', {}],
    [' redis://localhost:6379/0 ', {}],
    ['redis://', {}],
    ['redis://:6380', { hosts: [{ host: 'localhost', port: 6380 }] }],
    [
      'rediss://db.example/3',
      { hosts: [{ host: 'db.example', port: 6379 }], database: 3, isEncrypted: true },
    ],
    ['redis://[::1]:7000', { hosts: [{ host: '::1', port: 7000 }] }],
    ['redis://ada:p%40ss%2Fword@localhost', { username: 'ada', password: 'p@ss/word' }],
    ['redis://:secret@localhost', { password: 'secret' }],
    ['redis://ada@localhost', { username: 'ada' }],
    ['redis+unix:///run/redis.sock', { kind: 'socket', hosts: [], socketPath: '/run/redis.sock' }],
    [
      'unix://:secret@/run/redis.sock',
      { kind: 'socket', hosts: [], socketPath: '/run/redis.sock', password: 'secret' },
    ],
  ])('reads %s', (url, parts) => {
    expect(parseRedisUrl(url, 'url')).toEqual({ ...LOCAL, ...parts });
  });

  test('W-70: C-67: takes several hosts for a cluster, with credentials and TLS', () => {
    expect(parseRedisUrl('rediss://ada:secret@h1:7000,h2,h3:7002', 'url')).toEqual({
      ...LOCAL,
      kind: 'cluster',
      hosts: [
        { host: 'h1', port: 7000 },
        { host: 'h2', port: 6379 },
        { host: 'h3', port: 7002 },
      ],
      username: 'ada',
      password: 'secret',
      isEncrypted: true,
    });
    expect(parseRedisUrl('redis+cluster://h1', 'url').kind).toBe('cluster');
  });

  test('reads sentinels, and the name they know the server by', () => {
    expect(parseRedisUrl('redis+sentinel://s1,s2:26380/main/2', 'url')).toEqual({
      ...LOCAL,
      kind: 'sentinel',
      hosts: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 26_380 },
      ],
      masterName: 'main',
      database: 2,
    });
  });

  test.each([
    'http://:hunter2@localhost',
    'redis://:hunter2@localhost:0',
    'redis://:hunter2@localhost:99999',
    'redis://:hunter2@localhost/one',
    'redis://:hunter2@localhost/1/2',
    'redis://:hunter2@h1,h2/1',
    'redis+sentinel://:hunter2@s1',
    'redis+unix://:hunter2@',
    'redis://:%zz-hunter2@localhost',
    'hunter2',
  ])('W-70: refuses %s without repeating any of it', (url) => {
    const parse = (): unknown => parseRedisUrl(url, 'SESSION_REDIS_URL');
    expect(parse).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: 'SESSION_REDIS_URL' }) as Error,
    );
    expect(parse).not.toThrow(/hunter2/);
  });
});

describe('placeOf', () => {
  test.each([
    ['redis://ada:secret@localhost/2', 'localhost:6379'],
    ['redis://ada:sec@ret@db.example', 'db.example:6379'],
    ['redis://:secret@[::1]:7000', '[::1]:7000'],
    ['redis+unix://:secret@/run/redis.sock', '/run/redis.sock'],
    ['redis+cluster://:secret@a:1,b:2', 'a:1, b:2'],
    ['redis+sentinel://:secret@a,b/main', 'main of a:26379, b:26379'],
  ])('says where %s is, and no secret', (url, place) => {
    expect(placeOf(parseRedisUrl(url, 'url'))).toBe(place);
  });
});
