import { createFileArtifactStore } from '../../../src/index.ts';

// Puts artifacts below the folder given until it is killed, or as many as it is told, and prints the number of each that was
// acknowledged.
const [directory = '', sessionId = '', count = 'Infinity'] = process.argv.slice(2);
const store = createFileArtifactStore({ directory });

for (let number = 0; number < Number(count); number += 4) {
  const some = [number, number + 1, number + 2, number + 3];
  await Promise.all(some.map(putNumber));
}

async function putNumber(number: number): Promise<void> {
  const bytes = Buffer.from(`content ${number} `.repeat(10_000 + number));
  const tier = number % 2 === 0 ? 'L3' : 'L4';
  await store.put({ tenant: 'acme', sessionId, tier, bytes, mimeType: 'text/plain' });
  process.stdout.write(`${number}\n`);
}
