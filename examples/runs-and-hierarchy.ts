// Work inside a session as a run with a checked life, a sub-conversation as a child, another ending as a fork.
import { openPagefold } from '../src/index.ts';

await using pagefold = await openPagefold();
const desk = pagefold.session('desk', { metadata: { channel: 'phone' } });
const { position } = await desk.recordUser('My order 4711 has not come.');

const run = await desk.runs.create({ metadata: { goal: 'find the order' } });
await desk.runs.start(run.id);
await desk.toolUsed({
  toolName: 'find_order',
  arguments: { order: 4711 },
  result: { status: 'lost' },
  taskId: run.id,
});
const { status } = await desk.runs.complete(run.id);
console.log(`run: ${status}`);

// A conversation of its own that belongs to this one.
const carrier = pagefold.session('carrier', { parentId: 'desk' });
await carrier.userSays('Parcel of order 4711, where was it last seen?');

// The same beginning, another answer: nothing is copied, and neither knows of the other's turns.
const apology = await desk.fork({ position, sessionId: 'desk-apology' });
await desk.aiResponds('It is lost; a new one leaves today.', { model: 'gpt-4o-mini' });
await apology.aiResponds('I am sorry! Would you like your money back?', { model: 'gpt-4o-mini' });

for (const relative of await desk.family.descendants()) {
  const kind = relative.fork === null ? 'child' : `fork after record ${relative.fork.position}`;
  console.log(`${relative.sessionId}: ${kind}`);
}
for (const session of [desk, apology]) {
  const last = (await session.getConversation()).at(-1);
  console.log(`${session.sessionId} ends with: ${JSON.stringify(last?.content)}`);
}
const byRun = await desk.events.usageByRun();
console.log(`tokens of the run: ${byRun[run.id]?.totalTokens ?? 0}`);
