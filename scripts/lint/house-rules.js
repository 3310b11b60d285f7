// Lint rules of this repository that oxlint has no built-in for. Plain JavaScript because oxlint loads the file itself.

const MAX_EXPORTS = 12;

/** Types belong to the noun they describe, so an interface with its parameter types is one thing. */
function isType(statement) {
  return (
    statement.exportKind === 'type' ||
    statement.declaration?.type === 'TSInterfaceDeclaration' ||
    statement.declaration?.type === 'TSTypeAliasDeclaration'
  );
}

/** Names that one top-level export statement adds to a module; a re-export of a whole module counts as one. */
function countNames(statement) {
  if (statement.type === 'ExportAllDeclaration') return 1;
  if (statement.type === 'ExportDefaultDeclaration') return 1;
  if (statement.type !== 'ExportNamedDeclaration' || isType(statement)) return 0;
  return statement.declaration?.declarations?.length ?? (statement.specifiers.length || 1);
}

const maxExports = {
  meta: { type: 'suggestion' },
  create(context) {
    return {
      Program(program) {
        const total = program.body.reduce((sum, statement) => sum + countNames(statement), 0);
        if (total <= MAX_EXPORTS) return;
        context.report({
          node: program,
          message: `This file exports ${total} values; split it by noun (at most ${MAX_EXPORTS}).`,
        });
      },
    };
  },
};

const documentedExports = {
  meta: { type: 'suggestion' },
  create(context) {
    // An overload set is documented once, on its first signature.
    const documented = new Set();
    return {
      ExportNamedDeclaration(node) {
        if (!node.declaration) return;
        const name = node.declaration.id?.name;
        const comments = context.sourceCode.getCommentsBefore(node);
        const last = comments.at(-1);
        if (last?.type === 'Block' && last.value.startsWith('*')) {
          documented.add(name);
          return;
        }
        if (name !== undefined && documented.has(name)) return;
        context.report({ node, message: 'An export needs a JSDoc sentence above it.' });
      },
    };
  },
};

const noCurrentDate = {
  meta: { type: 'problem' },
  create(context) {
    return {
      NewExpression(node) {
        if (node.callee.name !== 'Date' || node.arguments.length > 0) return;
        context.report({
          node,
          message: 'Take `nowMs` as an argument: only the runtime reads the clock.',
        });
      },
    };
  },
};

export default {
  meta: { name: 'pagefold' },
  rules: {
    'documented-exports': documentedExports,
    'max-exports': maxExports,
    'no-current-date': noCurrentDate,
  },
};
