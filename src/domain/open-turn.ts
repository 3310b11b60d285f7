/** A tool call without a result yet, as little of it as finding it again takes. */
export interface WaitingCall {
  readonly callId: string | null;
  readonly name: string;
  /** The arguments, or a hash of them where they are kept for long. */
  readonly arguments: string;
}

/** The turn of a model at the end of a prompt, to which calls and results may still come. */
export interface OpenTurn {
  readonly hasCalls: boolean;
  readonly waiting: readonly WaitingCall[];
  /** Messages of the system that came since and stand after the turn. */
  readonly delayed: number;
}

/**
 * The waiting call that a tool use is about: by id, else by name, if possible with the same arguments. One that was asked without an
 * id may have got one when it was carried out.
 */
export function findAsked<Call extends WaitingCall>(
  waiting: readonly Call[],
  use: WaitingCall,
): Call | undefined {
  const known =
    use.callId === null ? undefined : waiting.find((call) => call.callId === use.callId);
  if (known !== undefined) return known;
  const named = waiting.filter(
    (call) => call.name === use.name && (use.callId === null || call.callId === null),
  );
  const alike = named.find((call) => call.arguments === use.arguments);
  // The order says nothing of a result that has an id of its own.
  return alike ?? (use.callId === null || named.length === 1 ? named[0] : undefined);
}

/** Whether a call nobody asked for joins a turn: an answer without calls takes one, and so does one that waits for results. */
export function takesCall(turn: Pick<OpenTurn, 'hasCalls' | 'waiting'>): boolean {
  return turn.waiting.length > 0 || !turn.hasCalls;
}
