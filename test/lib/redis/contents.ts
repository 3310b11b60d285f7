import type { Redis } from 'ioredis';

/** Every key of a namespace with what it holds, in a text that is equal for equal contents. */
export async function contentsOf(
  redis: Redis,
  namespace: string,
): Promise<ReadonlyMap<string, string>> {
  const names: string[] = [];
  for await (const page of redis.scanStream({ match: `${namespace}:*`, count: 1000 })) {
    names.push(...(page as readonly string[])); // a page of a scan is a list of keys
  }
  const values = await Promise.all(names.map((name) => contentOf(redis, name)));
  return new Map(names.map((name, index) => [name, values[index] ?? '']));
}

async function contentOf(redis: Redis, name: string): Promise<string> {
  // A hash has no order of its own: the server may give its fields out in another one at any time.
  if ((await redis.type(name)) !== 'hash') {
    return (await redis.dumpBuffer(name))?.toString('hex') ?? '';
  }
  const fields = await redis.hgetallBuffer(name);
  const texts = Object.entries(fields).map(([field, value]) => [field, value.toString('hex')]);
  return JSON.stringify(texts.toSorted(([left = ''], [right = '']) => (left < right ? -1 : 1)));
}
