// The whole of it in three calls. In a project of your own, import from 'pagefold'.
import { SessionManager } from '../src/index.ts';

const session = new SessionManager();
await session.userSays('Which is the largest planet?');
await session.aiResponds('Jupiter, with more than twice the mass of all others together.', {
  model: 'gpt-4o-mini',
});
await session.userSays('And the smallest?');

const stats = await session.getStats();
console.log(`${stats.totalMessages} messages, ${stats.totalTokens} tokens, ${stats.costUsd} USD`);

// What to send to the model next.
for (const message of await session.getMessagesForLlm()) {
  console.log(`${message.role}: ${JSON.stringify(message.content)}`);
}
