import { Agent, request } from 'node:http';

/** Requests at a steady rate, whether those before were answered or not. */
export interface Load {
  readonly port: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly sessions: number;
  /** The text of the next message. */
  readonly nextText: () => string;
}

/** A server that does not keep up would be asked for ever more; requests that are due beyond these are left out. */
const MAX_UNDER_WAY = 32;
const STEP_MS = 1;

/** Puts a server under load. Resolves, when all answers are there, to the milliseconds from when each request was due. */
export async function load(options: Load): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_UNDER_WAY });
  const latencies: number[] = [];
  const underWay = new Set<Promise<void>>();
  const send = (number: number, dueMs: number): void => {
    const path = `/${number % options.sessions}`;
    const answered = post({ agent, port: options.port, path, text: options.nextText() })
      .then(() => void latencies.push(performance.now() - dueMs))
      .finally(() => underWay.delete(answered));
    underWay.add(answered);
  };
  await steadily(options, (number, dueMs) => {
    if (underWay.size < MAX_UNDER_WAY) send(number, dueMs);
  });
  await Promise.all(underWay);
  agent.destroy();
  return latencies;
}

/** Calls at a steady rate, several at once where the timer is late. */
function steadily(
  { perSecond, seconds }: Pick<Load, 'perSecond' | 'seconds'>,
  task: (number: number, dueMs: number) => void,
): Promise<void> {
  const startMs = performance.now();
  const total = perSecond * seconds;
  let done = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, ((performance.now() - startMs) * perSecond) / 1000);
      for (; done < due; done += 1) task(done, startMs + (done * 1000) / perSecond);
      if (done < total) return;
      clearInterval(timer);
      resolve();
    }, STEP_MS);
  });
}

function post(message: {
  readonly agent: Agent;
  readonly port: number;
  readonly path: string;
  readonly text: string;
}): Promise<void> {
  const { agent, port, path, text } = message;
  return new Promise((resolve, reject) => {
    const call = request({ agent, port, path, host: '127.0.0.1', method: 'POST' }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 204) resolve();
        else reject(new Error(`The server answered ${response.statusCode}.`));
      });
    });
    call.on('error', reject);
    call.end(text);
  });
}
