import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { onTestFinished } from 'vitest';

const CHANNELS = [
  'pagefold:worker-started',
  'pagefold:worker-ended',
  'pagefold:worker-resting',
  'pagefold:session-quarantined',
] as const;

/** What is told on the channels of the pool, in order, until the test is over. */
export function heardEvents(): readonly { readonly name: string; readonly event: unknown }[] {
  const heard: { name: string; event: unknown }[] = [];
  for (const channel of CHANNELS) {
    const listen = (event: unknown): void => void heard.push({ name: channel, event });
    subscribe(channel, listen);
    onTestFinished(() => void unsubscribe(channel, listen));
  }
  return heard;
}
