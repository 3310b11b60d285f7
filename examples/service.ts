// A service with many tenants over one store: sessions by id, lists, usage for the invoice, erasure on request.
import { openPagefold } from '../src/index.ts';

await using pagefold = await openPagefold({ defaultModel: 'gpt-4o-mini' });

/** What comes in; a request that comes twice, after a timeout for instance, is recorded once. */
interface Request {
  readonly id: string;
  readonly tenant: string;
  readonly user: string;
  readonly question: string;
}

async function answer({ id, tenant, user, question }: Request): Promise<void> {
  const session = pagefold.session(`chat-${user}`, { tenant, userId: user });
  await session.userSays(question, { idempotencyKey: `${id}/question` });
  await session.toolUsed({
    toolName: 'search',
    arguments: { question },
    result: ['page 12'],
    idempotencyKey: `${id}/search`,
  });
  // The provider's own usage beats every estimate.
  const usage = { prompt_tokens: 120, completion_tokens: 8, total_tokens: 128 };
  const billed = { model: 'gpt-4o-mini', provider: 'openai', usage };
  await session.aiResponds('On page 12.', { ...billed, idempotencyKey: `${id}/answer` });
}

const warranty = { id: 'r1', tenant: 'acme', user: 'ann', question: 'Where is the warranty?' };
await Promise.all([
  answer(warranty),
  answer({ id: 'r2', tenant: 'acme', user: 'bob', question: 'Where are the spare parts?' }),
  answer({ id: 'r3', tenant: 'globex', user: 'ann', question: 'Where is the index?' }),
]);
await answer(warranty);

for (const tenant of ['acme', 'globex']) {
  const usage = await pagefold.tenantUsage(tenant);
  console.log(`${tenant}: ${usage.messages} messages, ${usage.costUsd} USD`);
}

for await (const { key } of pagefold.sessions({ tenant: 'acme', userId: 'ann' })) {
  console.log(`acme has of ann: ${key.sessionId}`);
}

const receipt = await pagefold.erase({ tenant: 'acme', userId: 'ann' });
console.log(`erased ${receipt.sessions} session, ${receipt.records} records`);
