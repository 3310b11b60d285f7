/** Where a text stops being JSON. */
export interface JsonSyntaxError {
  /** Index into the text, in UTF-16 units. */
  readonly offset: number;
  readonly expected: string;
}

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
// One run of a class at a time, since a group repeated over megabytes of text overflows the regular expression's stack.
const STRING_RUN = /[\u0020\u0021\u0023-\u005b\u005d-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** What may come next. */
type Expectation = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'next' | 'end';

const NAMES: Readonly<Record<Expectation, string>> = {
  value: 'a value',
  'value or ]': 'a value or ]',
  key: 'a name in double quotes',
  'key or }': 'a name in double quotes or }',
  colon: 'a colon',
  next: 'a comma or the closing bracket',
  end: 'the end of the document',
};

/**
 * Finds the place at which a text breaks the rules of JSON; null when it breaks none. The engine's own parser does not tell
 * the place in every version, and quotes the text, which is somebody's conversation.
 */
export function findJsonSyntaxError(text: string): JsonSyntaxError | null {
  const scanner = new Scanner(text);
  while (!scanner.isDone) {
    if (!scanner.step()) return { offset: scanner.offset, expected: NAMES[scanner.expected] };
  }
  return null;
}

class Scanner {
  readonly #text: string;
  readonly #open: ('{' | '[')[] = [];
  #offset = 0;
  #expected: Expectation = 'value';

  constructor(text: string) {
    this.#text = text;
    this.#skip(SPACE);
  }

  get offset(): number {
    return this.#offset;
  }

  get expected(): Expectation {
    return this.#expected;
  }

  get isDone(): boolean {
    return this.#expected === 'end' && this.#offset === this.#text.length;
  }

  /** Takes the next token; false when it is not one that may come here. */
  step(): boolean {
    const isTaken = this.#take();
    if (isTaken) this.#skip(SPACE);
    return isTaken;
  }

  #take(): boolean {
    const character = this.#text[this.#offset] ?? '';
    switch (this.#expected) {
      case 'value':
        return this.#takeValue(character);
      case 'value or ]':
        return character === ']' ? this.#close() : this.#takeValue(character);
      case 'key':
        return this.#takeString('colon');
      case 'key or }':
        return character === '}' ? this.#close() : this.#takeString('colon');
      case 'colon':
        return character === ':' && this.#advance('value');
      case 'next':
        return this.#takeNext(character);
      case 'end':
        return false;
    }
  }

  #takeValue(character: string): boolean {
    if (character === '{' || character === '[') {
      this.#open.push(character);
      return this.#advance(character === '{' ? 'key or }' : 'value or ]');
    }
    if (character === '"') return this.#takeString(this.#afterValue());
    const isTaken = this.#skip(SCALAR);
    if (isTaken) this.#expected = this.#afterValue();
    return isTaken;
  }

  #takeNext(character: string): boolean {
    const opened = this.#open.at(-1);
    if (character === ',') return this.#advance(opened === '{' ? 'key' : 'value');
    return character === (opened === '{' ? '}' : ']') && this.#close();
  }

  #takeString(next: Expectation): boolean {
    if (this.#text[this.#offset] !== '"') return false;
    this.#offset += 1;
    do this.#skip(STRING_RUN);
    while (this.#skip(ESCAPE));
    return this.#text[this.#offset] === '"' && this.#advance(next);
  }

  #close(): boolean {
    this.#open.pop();
    return this.#advance(this.#afterValue());
  }

  #advance(next: Expectation): true {
    this.#offset += 1;
    this.#expected = next;
    return true;
  }

  #afterValue(): Expectation {
    return this.#open.length === 0 ? 'end' : 'next';
  }

  /** Moves behind what the pattern matches here; false when it matches nothing. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#offset;
    const isMatch = pattern.test(this.#text);
    if (isMatch) this.#offset = pattern.lastIndex;
    return isMatch;
  }
}
