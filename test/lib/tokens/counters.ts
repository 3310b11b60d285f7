import { readFileSync } from 'node:fs';
import { codePointClasses } from '../../../src/kernel/code-point-classes.ts';
import { buildCounterTables } from '../../../src/kernel/counter-tables.ts';
import { createTokenKernel } from '../../../src/kernel/token-kernel.ts';
import type { TokenKernel } from '../../../src/kernel/token-kernel.ts';
import { foldsLongS } from '../../../src/kernel/token-rules.ts';
import type { EncodingName, TokenRules } from '../../../src/kernel/token-rules.ts';
import { ExactMeter } from '../../../src/tokens/exact-meter.ts';
import { loadVocabulary } from '../../../src/tokens/vocabulary-source.ts';

/** Builds of the module: those that are published, and one with all checks of the compiler left in. */
export const BUILDS = ['simd', 'plain', 'debug'] as const;

const DEBUG_BUILD = 'build/counter/debug/counter-debug.wasm';

/** A kernel over tables of its own, by the build. */
export function aTokenKernel(params: {
  readonly encoding: EncodingName;
  readonly rules?: TokenRules;
  readonly build?: (typeof BUILDS)[number];
}): TokenKernel {
  const { encoding, rules = 'openai', build = 'simd' } = params;
  const builds = [build === 'plain' ? 'plain' : 'simd'] as const;
  const tables = buildCounterTables({ encoding, rules, builds })!;
  const compiled = build === 'debug' ? compileFile(DEBUG_BUILD) : tables.compiled;
  return createTokenKernel({ tables: { ...tables, compiled }, owner: 1 });
}

/** The JavaScript twin. */
export function aTwin(encoding: EncodingName, rules: TokenRules = 'openai'): ExactMeter {
  return new ExactMeter({
    encoding,
    vocabulary: loadVocabulary(encoding)!,
    classes: codePointClasses(rules)!,
    foldsLongS: foldsLongS(rules),
    memoLimit: 1024,
  });
}

function compileFile(path: string): object {
  const { WebAssembly: api } = globalThis as unknown as {
    WebAssembly: { Module: new (bytes: Uint8Array) => object };
  };
  return new api.Module(readFileSync(path));
}
