import {
  type InvalidArguments,
  type PageFaultArguments,
  parsePageFaultArguments,
  parseSearchPagesArguments,
  type SearchPagesArguments,
} from '../../domain/vm-tool-arguments.ts';
import { vmToolError, type VmToolError } from './vm-tool-error.ts';

/** A call of a tool as a model asked for it. */
export interface VmToolRequest {
  readonly name: string;
  /** JSON text, or the value it stands for. */
  readonly arguments: unknown;
}

/** A call as OpenAI's chat interface gives it (a custom one is none of the memory's), as Anthropic's does, or as the AI SDK does. */
export type ProviderToolCall =
  | { readonly id?: string; readonly type?: string; readonly function: VmToolRequest }
  | { readonly id?: string; readonly type: 'custom'; readonly custom: { readonly name: string } }
  | {
      readonly id?: string;
      readonly type?: string;
      readonly name: string;
      readonly input: unknown;
    }
  | {
      readonly toolCallId?: string;
      readonly type?: string;
      readonly toolName: string;
      readonly input: unknown;
    };

/** What a model asked its memory for, checked. */
export type VmToolCall =
  | ({ readonly kind: 'page_fault' } & PageFaultArguments)
  | ({ readonly kind: 'search_pages' } & SearchPagesArguments)
  | { readonly kind: 'error'; readonly error: VmToolError };

/** Characters of a name that an error says again. */
const MAX_ECHO_LENGTH = 80;

/**
 * Reads a call of one of the memory's tools, also as a provider gives it. Never throws: what cannot be read is an error for the
 * model to see.
 */
export function parseVmToolCall(
  request: Partial<VmToolRequest> | ProviderToolCall | null | undefined,
): VmToolCall {
  const { name, arguments: given } = toRequest(request ?? {});
  switch (name) {
    case 'page_fault': {
      const result = parsePageFaultArguments(given);
      return result.kind === 'invalid' ? refusal(result) : { kind: name, ...result.value };
    }
    case 'search_pages': {
      const result = parseSearchPagesArguments(given);
      return result.kind === 'invalid' ? refusal(result) : { kind: name, ...result.value };
    }
    default: {
      return { kind: 'error', error: vmToolError('UNKNOWN_TOOL', unknownTool(name)) };
    }
  }
}

function unknownTool(name: unknown): string {
  return typeof name === 'string'
    ? `Unknown tool: ${name.slice(0, MAX_ECHO_LENGTH)}`
    : 'The call has no name of a tool';
}

function refusal({ message, pageId }: InvalidArguments): VmToolCall {
  return { kind: 'error', error: vmToolError('INVALID_ARGUMENTS', message, pageId) };
}

function toRequest(request: Partial<VmToolRequest> | ProviderToolCall): Partial<VmToolRequest> {
  // Callers without types give anything at all.
  if (typeof request !== 'object') return {};
  if ('function' in request) return toPlain(request.function);
  if ('custom' in request) return { ...toPlain(request.custom), arguments: {} };
  if (!('input' in request)) return request;
  const name = 'toolName' in request ? request.toolName : request.name;
  return { name, arguments: request.input };
}

function toPlain(called: Partial<VmToolRequest> | null | undefined): Partial<VmToolRequest> {
  return called ?? {};
}
