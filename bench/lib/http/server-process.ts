import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { AddressInfo } from 'node:net';
import { type Appender, APPENDERS, type AppenderName } from './appender.ts';
import type { ServerFigures, ServerOrder } from './server-host.ts';

// A program of its own: `server-process.ts <appender>`, forked by server-host.ts. Its event loop is what is measured.

/** The least that Node measures with. */
const RESOLUTION_MS = 1;

async function main(): Promise<void> {
  const appender = await APPENDERS[process.argv[2] as AppenderName](); // the host names an existing one
  const watch = watchLoop();
  const server = createServer((request, response) => void answer(appender, request, response));
  // One that was busy for seconds would take its connections for idle ones, and close them.
  server.keepAliveTimeout = 0;
  process.on('message', (order: ServerOrder) => {
    if (order === 'watch') watch.begin();
    else process.send?.(watch.end());
  });
  process.on('disconnect', () => process.exit(0));
  // The address of a server that listens on a port.
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

/** `POST /<session>` with the message as its body. */
async function answer(
  appender: Appender,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.setEncoding('utf8');
  let text = '';
  for await (const part of request) text += part;
  await appender.append({ sessionId: request.url?.slice(1) ?? '', text });
  response.writeHead(204).end();
}

/** How late the event loop is, and what its thread and all threads take, while it is watched. */
function watchLoop(): { begin(): void; end(): ServerFigures } {
  let delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  let before = { main: 0, all: process.cpuUsage() };
  return {
    begin: () => {
      // A new one each time: it would count the time between as a delay.
      delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      before = { main: mainCpu(), all: process.cpuUsage() };
      delay.enable();
    },
    end: () => {
      delay.disable();
      const { user, system } = process.cpuUsage(before.all);
      const at = (percent: number): number =>
        Math.max(0, delay.percentile(percent) / 1e6 - RESOLUTION_MS);
      return {
        delayP50Ms: at(50),
        delayP99Ms: at(99),
        mainMicros: mainCpu() - before.main,
        allMicros: user + system,
      };
    },
  };
}

/** Processor time of the main thread so far, in microseconds; Linux only. */
function mainCpu(): number {
  const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1000;
}

await main();
