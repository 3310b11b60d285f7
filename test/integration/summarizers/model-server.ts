import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** One request as the server got it. */
export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

/** A server that speaks like a provider of models. */
export interface ModelServer {
  readonly url: string;
  readonly asked: Asked[];
}

/** Starts a server of one test; `answer` says what it does with each request. */
export async function aModelServer(
  answer: (response: ServerResponse, asked: Asked, count: number) => void,
): Promise<ModelServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const one = { path: request.url ?? '', headers: request.headers, body: JSON.parse(body) };
      asked.push(one);
      answer(response, one, asked.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/v1`, asked };
}

/** Answers as OpenAI's chat interface does; `finish_reason` says that the answer came to its end, unless told otherwise. */
export function openAiAnswer(
  response: ServerResponse,
  content: string | null,
  end: { readonly finish_reason?: string | null; readonly refusal?: string } = {},
): void {
  const { finish_reason = 'stop', refusal = null } = end;
  sendJson(response, 200, {
    id: 'x',
    object: 'chat.completion',
    model: 'gpt-4o-mini',
    choices: [{ index: 0, finish_reason, message: { role: 'assistant', content, refusal } }],
    usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
  });
}

/** Sends a JSON body. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
