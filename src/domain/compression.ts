import { z } from 'zod';
import { type JsonValue, parseJsonValue } from './json.ts';
import { parseInput } from './parse.ts';

/** What a compressor made of a page. */
export interface ParsedCompression {
  readonly content: JsonValue;
  readonly level: 1 | 2 | 3;
}

const compressionSchema = z.object({ content: z.unknown(), level: z.literal([1, 2, 3]) });

/**
 * Checks what a compressor gave, which may be anybody's.
 * @throws INVALID_INPUT naming the field.
 */
export function parseCompression(compression: unknown): ParsedCompression {
  const { content, level } = parseInput(compressionSchema, compression, 'compression');
  return { content: parseJsonValue(content, 'compression.content'), level };
}
