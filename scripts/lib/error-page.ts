import { format } from 'prettier';
import { ERROR_CODES, type ErrorCode } from '../../src/domain/error-codes.ts';
import {
  InvalidInput,
  InvalidSessionOperation,
  Overloaded,
  type PagefoldError,
  SessionAlreadyExists,
  SessionNotFound,
  StorageError,
  TokenLimitExceeded,
  ToolCallBlocked,
  ToolProcessingError,
} from '../../src/domain/errors.ts';
import { ModelCallError } from '../../src/domain/model-call-error.ts';

/** Where the page belongs, below the root. */
export const ERROR_PAGE = 'docs/errors.md';

const INTRODUCTION = `# Errors

Everything that is thrown is a \`SessionManagerError\` with a stable \`code\`, and for the codes that name one in the last column an
instance of that class, which has more fields. \`retryable\` says whether the same call may simply be made again, and may
succeed then; \`data\` holds plain facts for logs and never content; \`cause\` is what went wrong underneath. \`PagefoldError.isInstance(error)\` recognises our errors
across copies of the package. What the function of a \`trackLlmCall\` throws reaches you as it is. Errors of your own store are the \`cause\` of one of ours, unless they are such themselves: of \`STORAGE_ERROR\` where the call changes nothing, else of
\`UNKNOWN_OUTCOME\`.

What takes several steps may have done some of them when it fails, also with a definite error: deleting or erasing with
\`children: 'cascade'\`, and erasing a tenant or a user, remove session by session, deepest first. What went is gone, the rest stays
whole, and the call can be repeated. None of it needs room in a full store, but for a child that stays when its parent goes and has to be told:
without room for that \`delete\` and \`erase\` are \`OVERLOADED\`, while the erasure of a user goes on and warns of each relative that it could not
tell (\`FOLLOW_UP_FAILED\`, with its \`sessionId\`).

\`OVERLOADED\` says in \`scope\` whose bound is reached, and with \`reason: 'full'\` that as much is kept as may be: only what is removed makes room
there. Without it (\`busy\`) waiting helps: removals do so for seconds before they fail, also where the queue in front of a store is full.

Names of fields hold only names of ours: a key that a caller chose may be content, so it is given by its number among the keys
of its object, as in \`options.metadata.<key 0>\`. An option that does not exist is named when it looks like a name in code.

Any other call that fails with a code other than \`UNKNOWN_OUTCOME\` changed nothing. After \`UNKNOWN_OUTCOME\` look whether the write is
there, or repeat the call with the \`idempotencyKey\` it had the first time: without one, what was recorded after all would be
recorded twice, which is why it is not \`retryable\`.
`;

/** One error of each code that always comes as the same class. */
const EXAMPLES: readonly PagefoldError[] = [
  new InvalidInput({ field: '', expected: '' }),
  new InvalidSessionOperation(),
  new ModelCallError({ code: 'MODEL_CALL_FAILED', reason: '' }),
  new ModelCallError({ code: 'MODEL_CALL_REFUSED', reason: '' }),
  new Overloaded({ retryAfterMs: 0, scope: 'session' }),
  new SessionAlreadyExists(),
  new SessionNotFound(),
  new StorageError(),
  new StorageError({ code: 'CORRUPT_RECORD' }),
  new StorageError({ code: 'EVENT_TOO_LARGE' }),
  new TokenLimitExceeded(),
  new ToolCallBlocked({ toolName: '', guards: [], reason: '' }),
  new ToolProcessingError(),
];

/** The page about all error codes, made from the table in the sources. */
export async function errorPage(): Promise<string> {
  const codes = Object.keys(ERROR_CODES) as ErrorCode[]; // the table's own keys
  const rows = codes.map(errorRow);
  const head = [
    '| code | HTTP | retryable | what to do | class |',
    '| --- | --- | --- | --- | --- |',
  ];
  const page = [INTRODUCTION, ...head, ...rows].join('\n');
  return format(page, { parser: 'markdown', printWidth: 100, proseWrap: 'preserve' });
}

function errorRow(code: ErrorCode): string {
  const { httpStatus, retryable, remedy } = ERROR_CODES[code];
  const name = EXAMPLES.find((error) => error.code === code)?.name;
  const cells = [
    `\`${code}\``,
    String(httpStatus),
    retryable ? 'yes' : 'no',
    remedy,
    name === undefined ? '' : `\`${name}\``,
  ];
  return `| ${cells.join(' | ')} |`;
}
