// A conversation that never outgrows its prompt: segments close by themselves, summaries and the latest turns go on.
import { openPagefold } from '../src/index.ts';

/** Stands for a call to a model; gets the messages of a segment that closed. */
function summarize(messages: readonly { readonly content: string }[]): string {
  return `They talked about ${messages.length} things, last: ${messages.at(-1)?.content ?? ''}`;
}

await using pagefold = await openPagefold();
const session = pagefold.session('diary', {
  infiniteContext: true,
  tokenThreshold: 300,
  systemPrompt: 'You are a patient listener.',
  summarize,
});

for (let day = 1; day <= 40; day += 1) {
  await session.userSays(`Day ${day}: it rained and I repaired a part of the boat.`);
  await session.aiResponds(`Noted for day ${day}. Which part comes next?`, {
    model: 'gpt-4o-mini',
  });
}
// Summaries are written in the background; nothing above waited for them.
await session.flush();

const segments = await session.getSessionChain();
const everything = await session.getConversation();
console.log(`${everything.length} messages in ${segments.length} segments, all of them kept`);

const prompt = await session.getMessagesForLlm({ maxTokens: 400 });
console.log(`the next prompt has ${prompt.length} messages:`);
for (const { role, content } of prompt) {
  console.log(`  ${role}: ${JSON.stringify(content).slice(0, 60)}`);
}
