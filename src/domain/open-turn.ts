/** A tool call without a result yet, as little of it as finding it again takes. */
export interface WaitingCall {
  readonly callId: string | null;
  readonly name: string;
  /** The arguments, or a hash of their meaning where they are kept for long. */
  readonly arguments: string;
}

/** The turn of a model at the end of a prompt, to which calls and results may still come. */
export interface OpenTurn {
  readonly hasCalls: boolean;
  readonly waiting: readonly WaitingCall[];
  /** Messages of the system that came since and stand after the turn. */
  readonly delayed: number;
}

/** What arguments are compared by; those of which only hashes are kept are the same where these are. */
export type ArgumentsMeaning = (text: string) => string;

/**
 * The waiting call that a tool use is about: by id, else by name, if possible with the same arguments. One that was asked without an
 * id may have got one when it was carried out.
 */
export function findAsked<Call extends WaitingCall>(
  waiting: readonly Call[],
  use: WaitingCall,
  meaningOf: ArgumentsMeaning = asWritten,
): Call | undefined {
  const known = use.callId === null ? [] : waiting.filter((call) => call.callId === use.callId);
  // Servers give several calls one id, and results come in the order in which the calls ended.
  if (known.length > 0) {
    const named = known.filter((call) => call.name === use.name);
    return likest(named, use, meaningOf) ?? known[0];
  }
  const named = waiting.filter(
    (call) => call.name === use.name && (use.callId === null || call.callId === null),
  );
  const found = likest(named, use, meaningOf);
  // The order says nothing of a result that has an id of its own.
  const isSure = use.callId === null || named.length === 1;
  return isSure || (found !== undefined && isSame(found, use, meaningOf)) ? found : undefined;
}

function isSame(one: WaitingCall, other: WaitingCall, meaningOf: ArgumentsMeaning): boolean {
  return (
    one.arguments === other.arguments || meaningOf(one.arguments) === meaningOf(other.arguments)
  );
}

function asWritten(text: string): string {
  return text;
}

function likest<Call extends WaitingCall>(
  calls: readonly Call[],
  use: WaitingCall,
  meaningOf: ArgumentsMeaning,
): Call | undefined {
  // What needs no choice needs no look at arguments, which may be long.
  if (calls.length < 2) return calls[0];
  const meaning = meaningOf(use.arguments);
  return calls.find((call) => meaningOf(call.arguments) === meaning) ?? calls[0];
}

/** Whether a call nobody asked for joins a turn: an answer without calls takes one, and so does one that waits for results. */
export function takesCall(turn: Pick<OpenTurn, 'hasCalls' | 'waiting'>): boolean {
  return turn.waiting.length > 0 || !turn.hasCalls;
}
