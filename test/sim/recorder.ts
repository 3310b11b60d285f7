/** What happened in one simulation, in order, as text: equal seeds give equal bytes. */
export class Recorder {
  readonly lines: string[] = [];
  #stamp = 0;

  /** A number greater than all before it: the order in which things happened. */
  stamp(): number {
    this.#stamp += 1;
    return this.#stamp;
  }

  /** Writes down that something happened. */
  note(nowMs: number, text: string): void {
    this.lines.push(`${nowMs} ${text}`);
  }
}
