// Three tools to try things out with, run by the processor of a session. In a project of your own, import from 'pagefold'.
import { openPagefold, SessionAwareToolProcessor } from '../src/index.ts';

const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  divide: (a, b) => a / b,
};

const tools = {
  calculator: {
    execute: ({ operation, a, b }: Record<string, unknown>) => {
      const compute = OPERATIONS[String(operation)];
      if (compute === undefined) throw new Error(`invalid operation: ${String(operation)}`);
      if (operation === 'divide' && b === 0) throw new Error('invalid division by zero');
      return compute(Number(a), Number(b));
    },
    effect: 'pure',
    isCacheable: true,
  },
  // What a service would ask elsewhere is made of the name here, so that it is the same every time.
  weather: {
    execute: ({ location }: Record<string, unknown>) => ({
      location,
      temperature: 10 + (String(location).length % 20),
    }),
    effect: 'read',
  },
  search: {
    execute: ({ query, maxResults = 3 }: Record<string, unknown>) =>
      Array.from({ length: Number(maxResults) }, (_, index) => ({
        title: `${String(query)}, part ${index + 1}`,
        url: `https://example.com/${index + 1}`,
      })),
    effect: 'read',
  },
} as const;

await using pagefold = await openPagefold();
const session = pagefold.session('tools');
const processor = await SessionAwareToolProcessor.create(session, { tools });

/** What a model would answer, asking for calls. */
const answer = (...calls: readonly (readonly [name: string, args: object])[]) => ({
  tool_calls: calls.map(([name, args], index) => ({
    id: `call-${index + 1}`,
    function: { name, arguments: JSON.stringify(args) },
  })),
});

await session.userSays('What is 20 + 22, what is 7 / 0, and how is the weather in Oslo?');
const asked = answer(
  ['calculator', { operation: 'add', a: 20, b: 22 }],
  ['calculator', { operation: 'divide', a: 7, b: 0 }],
  ['weather', { location: 'Oslo' }],
);
const results = await processor.processLlmMessage(asked);
for (const { toolName, status, value, error } of results)
  console.log(`${toolName}: ${status}, ${error ?? JSON.stringify(value)}`);

// Results have names for later calls; and what was computed already is not computed again.
const next = answer(
  ['search', { query: `winters with $${results[0]?.bindingId} days of frost`, maxResults: 1 }],
  ['calculator', { operation: 'add', b: 22, a: 20 }],
);
for (const { toolName, value, isCached } of await processor.processLlmMessage(next))
  console.log(`${toolName}: ${JSON.stringify(value)}${isCached ? ', from before' : ''}`);

console.log(`${(await session.getStats()).toolCalls} calls recorded`);
