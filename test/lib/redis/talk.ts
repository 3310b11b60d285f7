import { fork } from 'node:child_process';
import { once } from 'node:events';
import { toText } from '../../../src/domain/json.ts';
import type { Pagefold } from '../../../src/index.ts';
import { compiled } from '../processes/compiled.ts';
import type { BackendChoice } from './backend-store.ts';

/** What another process says, and where: in the store that is described, or else in the Redis that its environment names. */
export interface Talk {
  readonly sessionId: string;
  readonly name: string;
  readonly count: number;
  readonly choice?: BackendChoice;
  readonly env?: NodeJS.ProcessEnv;
}

/** Lets another process say something, and gives its exit code once it has ended. */
export async function talk({ sessionId, name, count, choice, env }: Talk): Promise<unknown> {
  const described = choice === undefined ? [] : [JSON.stringify(choice)];
  const child = fork(
    compiled('test/lib/redis/talking-process.ts'),
    [sessionId, name, String(count), ...described],
    { execArgv: [], env: { ...process.env, ...env } },
  );
  const [code] = (await once(child, 'exit')) as readonly unknown[];
  return code;
}

/** What was said in a session, as texts. */
export async function contents(pagefold: Pagefold, sessionId: string): Promise<readonly string[]> {
  const turns = await pagefold.session(sessionId).getConversation();
  return turns.map((turn) => toText(turn.content));
}
