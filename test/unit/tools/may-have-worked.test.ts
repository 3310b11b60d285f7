import { describe, expect, test } from 'vitest';
import { StorageError } from '../../../src/domain/errors.ts';
import { mayHaveWorked } from '../../../src/tools/may-have-worked.ts';
import { classifyError } from '../../../src/procedures/error-class.ts';
import { failureOf, ReportedFailure, toolFailure } from '../../../src/tools/tool-failure.ts';

/** What a server says that could not reach another one. */
function unreached(more: object): Error {
  return Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:5432'), more);
}

/** An error with what a client puts beside its text. */
function told(more: object): Error {
  return Object.assign(new Error('the payment failed'), more);
}

function wrapped(cause: Error, code?: string): Error {
  return Object.assign(new Error('it failed', { cause }), code === undefined ? {} : { code });
}

function aCircle(more: object): Error {
  const error = told(more);
  const outer = wrapped(error);
  return wrapped(Object.assign(error, { cause: outer }));
}

/** What a server of the Model Context Protocol says that failed. */
function reported(message: string): ReportedFailure {
  return new ReportedFailure(toolFailure(classifyError(message), message, { isTold: false }));
}

describe('mayHaveWorked', () => {
  test.each([
    'The card was refused by the issuer.',
    'Order 500 is closed.',
    'The social network post is too long.',
    'connect ECONNREFUSED 127.0.0.1:443',
    'getaddrinfo ENOTFOUND shop.example',
    'Order 7 was cancelled by the customer',
    'Coupon timed out on May 1, order 408 not changed',
    'Session timed out, log in again',
    'Order 503: the courier service is not there',
    'The server is overloaded',
    'Unexpected item 500 in the basket',
    'Forbidden: the leave request was cancelled',
    'Expected a closed connection between the parts',
    'HTTP 422: expected "amount" to be a number',
    'Too many requests: the last one was aborted, its connection closed',
    'Circuit breaker is open: the last request timed out',
    'timeout must be a number',
    'options: "request timeout" must be positive',
    'time out must be later than time in',
    'field "body" is not valid JSON',
    'field body: Unexpected token a in JSON at position 0',
    'Expected JSON, got a text',
    'The request was cancelled by the approver',
    'Cancelled by Ann',
    'Validation: connection closed is not a valid status',
    'flight connection lost: rebook',
    'upstream connect error or disconnect/reset before headers. reset reason: connection failure',
    'Unexpected EOF while parsing the expression',
  ])(
    'says no of what only sounds like a call that was broken off, or reached nobody: %s',
    (message) => {
      expect(mayHaveWorked(failureOf(new Error(message)))).toBe(false);
    },
  );

  test.each([
    ['a code', Object.assign(new Error('read failed'), { code: 'ECONNRESET' })],
    ['a status', Object.assign(new Error('no answer'), { status: 502 })],
    ['what is said of nothing else', new Error('socket hang up')],
    ['a transport that closed', new Error('MCP error -32000: Connection closed')],
    ['a status in words', new Error('502 Bad Gateway')],
    ['a time-out', new DOMException('too late', 'TimeoutError')],
    ['a time-out in words', new Error('MCP error -32001: Request timed out')],
    ['a time-out in words of a client', 'timeout of 5000ms exceeded'],
    ['a time-out at the beginning', new Error('Timed out.')],
    ['a call that was given up', new Error('This operation was aborted')],
    ['the status of a server behind which nobody was reached', unreached({ status: 500 })],
    ['the same in words', new Error('500: connect ECONNREFUSED 10.0.0.5:5432')],
    ['a status of 503 alone', Object.assign(new Error('busy'), { status: 503 })],
    ['the same as a code', Object.assign(new Error('busy'), { code: 503 })],
    ['a status of 503 in words', new Error('503 Service Unavailable')],
    ['the words of a client', new Error('Request failed with status code 503')],
    ['a connection that ended too early', new Error('Connection terminated unexpectedly')],
    ['an answer that was cut off', new SyntaxError('Unexpected end of JSON input')],
    [
      'the page of a gateway',
      new SyntaxError('Unexpected token \'<\', "<html>" is not valid JSON'),
    ],
    ['who ended it', new Error('server closed the connection unexpectedly')],
    ['the same of a server of tools', reported('Connection terminated unexpectedly')],
    ['a gateway that was answered badly', new Error('HTTP 502 Bad Gateway: an invalid response')],
    [
      'a status, whatever its answer says',
      new Error(
        'Request failed with status code 500: {"message":"An unexpected error, not found"}',
      ),
    ],
    ['a time-out of whoever lets in', new Error('authentication: request timed out')],
    ['a status of a caller that hung up', told({ status: 499 })],
    ['a query of MySQL that took too long', told({ code: 'PROTOCOL_SEQUENCE_TIMEOUT' })],
    ['a status of a gateway', Object.assign(new Error('no'), { statusCode: 524 })],
    ['a status of AWS', told({ $fault: 'server', $metadata: { httpStatusCode: 500 } })],
    ['a status of got', told({ code: 'ERR_NON_2XX_3XX_RESPONSE', response: { statusCode: 500 } })],
    ['a status of axios', told({ response: { status: 502 } })],
    ['an answer that ended too early', told({ code: 'ERR_STREAM_PREMATURE_CLOSE' })],
    ['a stream of HTTP/2 that was given up', told({ code: 'ERR_HTTP2_STREAM_CANCEL' })],
    ['a stream that was gone', told({ code: 'ERR_STREAM_DESTROYED' })],
    ['a protocol that broke', told({ code: 'EPROTO' })],
    ['an answer that nobody could read', told({ code: 'HPE_INVALID_CONSTANT' })],
    ['a database that shut down', told({ code: '57P01' })],
    ['a database that hung up', told({ code: 'P1017' })],
    ['what caused it', wrapped(wrapped(told({ code: 'UND_ERR_SOCKET' })))],
    ['what caused it, beside a code of its own', wrapped(told({ status: 503 }), 'PAYMENT_FAILED')],
    ['the name of what caused it', wrapped(new DOMException('too late', 'TimeoutError'))],
    [
      'one of several that failed',
      new AggregateError([unreached({ code: 'ECONNREFUSED' }), told({ code: 'ECONNRESET' })]),
    ],
    [
      'an error of ours that leaves it open',
      new StorageError({ code: 'UNKNOWN_OUTCOME', operation: 'append' }),
    ],
    ['an error that is its own cause', aCircle({ code: 'ECONNRESET' })],
  ])('says yes by %s', (_, error) => {
    expect(mayHaveWorked(failureOf(error))).toBe(true);
  });

  test.each([
    'Premature close',
    'Invalid response body while trying to fetch http://shop/pay: Premature close',
    'Connection is closed.',
    'Reached the max retries per request limit (which is 20).',
    'Server has closed the connection.',
    'terminating connection due to administrator command',
    'Lost connection to MySQL server during query',
    '14 UNAVAILABLE: Connection dropped',
    '13 INTERNAL: Received RST_STREAM with code 2 (Internal server error)',
    'Response code 500 (Internal Server Error)',
    'Bad Gateway',
    'Connection error.',
    'An error occurred with our connection to Stripe. Request was retried 2 times.',
    'could not pay: fetch failed',
    'network timeout at: https://bank.example/pay',
    'Query inactivity timeout',
    'Server disconnected without sending a response.',
    'httpx.ReadTimeout',
    'WriteTimeout',
    'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
    'Request failed with status code 499',
    'curl: (52) Empty reply from server',
    'unexpected EOF',
    'Post "https://bank.example/pay": EOF',
    'java.io.EOFException',
    'org.apache.http.NoHttpResponseException: bank.example:443 failed to respond',
    'Channel ended, no reply will be forthcoming',
    'ORA-03113: end-of-file on communication channel',
    'Error 524: A timeout occurred',
    'Stream removed',
    'MCP error -32603: Internal error',
    'Timeout: Request failed to complete in 15000ms',
    'invalid json response body at https://bank.example reason: Unexpected token < in JSON at position 0',
    'could not pay: Unexpected end of JSON input',
    'SyntaxError: Unexpected token \'f\', "field: a" is not valid JSON',
    'The operation was aborted by the user',
    'Request timed out: the server must be busy',
    'Response code 500 (Internal Server Error): amount must be a number',
  ])('says yes of what clients say of a call that was cut off: %s', (message) => {
    expect(mayHaveWorked(failureOf(new Error(message)))).toBe(true);
    expect(mayHaveWorked(failureOf(reported(message)))).toBe(true);
  });

  test.each([
    ['a wait that it asks for', { status: 503, retryAfterMs: 5 }],
    ['its own word', { status: 503, errorClass: 'overloaded' }],
    ['a status of too many requests', { status: 429 }],
    ['a status of what no server does', { status: 501 }],
    ['a code of a connection that was never made', { code: 'ECONNREFUSED', status: 0 }],
    ['a cause of that kind', { cause: wrapped(unreached({ code: 'ECONNREFUSED' })) }],
    ['a certificate that was refused', { cause: { code: 'CERT_HAS_EXPIRED' } }],
    [
      'what a connection was made for',
      { code: 'ETIMEDOUT', message: 'connect ETIMEDOUT 10.0.0.5:443' },
    ],
    [
      'a call that found no server',
      { code: 14, message: '14 UNAVAILABLE: No connection established' },
    ],
    ['a status of a request that was wrong', { response: { status: 400 } }],
    ['its own status, whatever caused it', { status: 402, cause: { code: 'ECONNRESET' } }],
    ['a refusal that AWS has a status for', { $metadata: { httpStatusCode: 400 } }],
    ['a cause that only refused', { cause: wrapped(told({ status: 429 })) }],
  ])('says no by %s', (_, more) => {
    expect(mayHaveWorked(failureOf(Object.assign(new Error('not now'), more)))).toBe(false);
  });
});
