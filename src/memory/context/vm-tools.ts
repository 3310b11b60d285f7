import { MODALITIES, PAGE_TYPES } from '../../domain/page.ts';
import { FAULT_REASONS } from '../../domain/paging-policy.ts';
import {
  DEFAULT_FAULT_LEVEL,
  DEFAULT_SEARCH_LIMIT,
  MAX_SEARCH_LIMIT,
} from '../../domain/vm-tool-arguments.ts';

/** The tools by which a model reads its memory. */
export const VM_TOOL_NAMES = ['page_fault', 'search_pages'] as const;
/** One of {@link VM_TOOL_NAMES}. */
export type VmToolName = (typeof VM_TOOL_NAMES)[number];

// Types of clients ask for arrays that may be changed, and for schemas that are aliases: an interface has no index signature.

/** One argument of a tool, as JSON Schema. */
export type VmToolParameter =
  | {
      readonly type: 'string';
      readonly description: string;
      readonly enum?: string[];
      readonly default?: string;
    }
  | {
      readonly type: 'integer';
      readonly description: string;
      readonly minimum: number;
      readonly maximum: number;
      readonly default: number;
    };

/** The arguments of a tool, as JSON Schema. */
export type VmToolParameters = {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, VmToolParameter>>;
  readonly required: string[];
};

/** A tool as OpenAI's chat interface takes it. */
export interface ChatTool {
  readonly type: 'function';
  readonly function: {
    readonly name: VmToolName;
    readonly description: string;
    readonly parameters: VmToolParameters;
  };
}

/** A tool as OpenAI's responses interface takes it. */
export interface ResponsesTool {
  readonly type: 'function';
  readonly name: VmToolName;
  readonly description: string;
  readonly parameters: VmToolParameters;
  /** Optional arguments are not allowed in strict schemas. */
  readonly strict: false;
}

/** A tool as Anthropic's messages interface takes it. */
export interface AnthropicTool {
  readonly name: VmToolName;
  readonly description: string;
  readonly input_schema: VmToolParameters;
}

/** Which tools a model gets. */
export interface VmToolsOptions {
  /** Default true. */
  readonly includeSearch?: boolean | undefined;
  /** Leaves out the arguments that a model need not give, which are read all the same. Default false. */
  readonly isBrief?: boolean | undefined;
}

const PAGE_FAULT: ChatTool = {
  type: 'function',
  function: {
    name: 'page_fault',
    description: 'Load a page of this conversation that is not in the context.',
    parameters: {
      type: 'object',
      properties: {
        page_id: { type: 'string', description: 'Id of the page' },
        target_level: {
          type: 'integer',
          description: '0 full, 1 reduced, 2 abstract, 3 reference',
          minimum: 0,
          maximum: 3,
          default: DEFAULT_FAULT_LEVEL,
        },
        reason: {
          type: 'string',
          description: 'Why it is needed',
          enum: [...FAULT_REASONS],
          default: 'resolve_reference',
        },
      },
      required: ['page_id'],
    },
  },
};

const SEARCH_PAGES: ChatTool = {
  type: 'function',
  function: {
    name: 'search_pages',
    description: 'Find pages of this conversation by words.',
    parameters: {
      type: 'object',
      properties: {
        query: { type: 'string', description: 'Words or a question' },
        modality: { type: 'string', description: 'Only this kind', enum: [...MODALITIES] },
        page_type: { type: 'string', description: 'Only this type', enum: [...PAGE_TYPES] },
        limit: {
          type: 'integer',
          description: 'Most hits',
          minimum: 1,
          maximum: MAX_SEARCH_LIMIT,
          default: DEFAULT_SEARCH_LIMIT,
        },
      },
      required: ['query'],
    },
  },
};

const ALL_TOOLS: readonly ChatTool[] = [PAGE_FAULT, SEARCH_PAGES];
const BRIEF_TOOLS: readonly ChatTool[] = ALL_TOOLS.map(withRequiredOnly);

/** The four sets of tools as JSON, by {@link VmToolsOptions}: every context asks for one of them. */
const TEXTS: Readonly<Record<'all' | 'brief', readonly [one: string, both: string]>> = {
  all: textsOf(ALL_TOOLS),
  brief: textsOf(BRIEF_TOOLS),
};

/** The tools for OpenAI's chat interface, `page_fault` first; they are the caller's own. */
export function vmTools(options: VmToolsOptions = {}): ChatTool[] {
  // It was written from such tools, and a copy by `structuredClone` takes more than twice as long.
  return JSON.parse(vmToolsText(options)) as ChatTool[];
}

/** What {@link vmTools} gives, as JSON. */
export function vmToolsText({ includeSearch = true, isBrief = false }: VmToolsOptions): string {
  return TEXTS[isBrief ? 'brief' : 'all'][includeSearch ? 1 : 0];
}

function textsOf(tools: readonly ChatTool[]): readonly [one: string, both: string] {
  return [JSON.stringify(tools.slice(0, 1)), JSON.stringify(tools)];
}

function withRequiredOnly(tool: ChatTool): ChatTool {
  const { parameters } = tool.function;
  const isRequired = ([name]: readonly [string, unknown]): boolean =>
    parameters.required.includes(name);
  const properties = Object.fromEntries(Object.entries(parameters.properties).filter(isRequired));
  return { ...tool, function: { ...tool.function, parameters: { ...parameters, properties } } };
}

/** Tools for OpenAI's responses interface; they share nothing with those given. */
export function toResponsesTools(tools: readonly ChatTool[]): ResponsesTool[] {
  return tools.map(({ type, function: tool }) => ({
    type,
    ...structuredClone(tool),
    strict: false,
  }));
}

/** Tools for Anthropic's messages interface; they share nothing with those given. */
export function toAnthropicTools(tools: readonly ChatTool[]): AnthropicTool[] {
  return tools.map(({ function: { name, description, parameters } }) => ({
    name,
    description,
    input_schema: structuredClone(parameters),
  }));
}
