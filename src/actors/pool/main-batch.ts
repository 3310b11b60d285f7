import { packCall, unpackCall } from './packed-call.ts';
import { packRecorded } from './packed-append.ts';
import type { MainBatch, PlainMessage, ToWorker } from './wire.ts';

/** What a worker is told at once, in the form that crosses. */
export function packBatch(messages: readonly ToWorker[]): MainBatch {
  const recorded: unknown[] = [];
  const parts: (string | PlainMessage)[] = [];
  let calls: string[] = [];
  const endCalls = (): void => {
    if (calls.length > 0) parts.push(`[${calls.join(',')}]`);
    calls = [];
  };
  for (const message of messages) {
    if (message.kind === 'recorded') {
      packRecorded(recorded, message.call, message.result);
      continue;
    }
    const text = message.kind === 'execute' ? packCall(message) : null;
    if (text !== null) calls.push(text);
    else {
      endCalls();
      parts.push(message);
    }
  }
  endCalls();
  return { recorded, parts };
}

/** The messages of a part, in the order in which they were said. */
export function unpackPart(part: string | PlainMessage): readonly PlainMessage[] {
  if (typeof part !== 'string') return [part];
  // What `packBatch` wrote.
  const calls = JSON.parse(part) as readonly (readonly unknown[])[];
  return calls.map(unpackCall);
}
