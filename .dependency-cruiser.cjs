// The import rules between the rooms of src/. CONTRIBUTING.md has the same table in words.

const CORE = ['domain', 'tokens', 'kernel', 'pricing', 'memory', 'guards', 'procedures', 'tools'];

// The log reader works over the port alone, so it goes with it.
const STORE_PORT = '^src/store/(store|codec|keys|log-reader)\\.ts$';
const QUEUE_PORT = '^src/queue/queue\\.ts$';
const LAYOUT = '^assembly/shared/(tokenizer-)?layout\\.ts$';
// `createRequire`: the only way to load a large table at its first use in a synchronous function.
const LAZY_LOADING = '^(node:)?module$';

const ZOD = '^node_modules/zod/';

/** Rooms that may use what Node brings along. */
const NODE_ROOMS = ['store', 'artifacts', 'queue', 'actors', 'adapters'];

/** Matches every file of the named rooms. */
const inRooms = (...rooms) => `^src/(${rooms.join('|')})/`;

/** What each room may import besides itself. A package is allowed by its path in node_modules. */
const MAY_IMPORT = {
  domain: [ZOD],
  tokens: [inRooms('domain', 'kernel')],
  kernel: [inRooms('domain'), LAYOUT, '^(node:)?fs$'],
  pricing: [inRooms('domain'), ZOD, '^node_modules/@pydantic/genai-prices/', LAZY_LOADING],
  memory: [inRooms('domain', 'tokens', 'kernel')],
  guards: [inRooms('domain'), ZOD],
  // Past calls are found as pages are: by the one index that scores words.
  procedures: [inRooms('domain'), '^src/memory/search/', ZOD],
  tools: [inRooms('domain', 'guards', 'procedures'), ZOD, '^node_modules/cockatiel/'],
  store: [inRooms('domain'), ZOD, '^node_modules/ioredis/'],
  artifacts: [inRooms('domain'), ZOD],
  // Its connections are made as those of the store are, from the same addresses.
  queue: [
    inRooms('domain'),
    STORE_PORT,
    '^src/store/redis/(redis-(address|client|port)|gathered-writes)\\.ts$',
    ZOD,
    '^node_modules/bullmq/',
    '^node_modules/ioredis/',
  ],
  summarizers: [inRooms('domain', 'memory', 'queue'), ZOD],
  actors: [inRooms(...CORE), STORE_PORT, QUEUE_PORT, '^node_modules/piscina/'],
  // Everything it needs runs already: it reads ports and types, and makes nothing but sessions of a runtime.
  api: [
    inRooms('runtime', 'domain', 'memory', 'guards', 'procedures', 'tools'),
    inRooms('tokens', 'pricing', 'queue', 'config'),
    '^src/actors/(append-retry|command-length|commit-figures|envelope|session-loader)\\.ts$',
    STORE_PORT,
    ZOD,
    LAZY_LOADING,
  ],
  adapters: [inRooms('domain', 'api'), '^node_modules/'],
};

const roomRules = Object.entries(MAY_IMPORT).map(([room, allowed]) => ({
  name: `room-${room}`,
  comment: `${room}/ imports only what its row in the table of rooms allows.`,
  severity: 'error',
  from: { path: inRooms(room) },
  to: {
    pathNot: [inRooms(room), ...allowed],
    ...(NODE_ROOMS.includes(room) ? { dependencyTypesNot: ['core'] } : {}),
  },
}));

/** A package that only the named places may import. */
const onlyIn = (name, module, places) => ({
  name: `only-${name}`,
  comment: `${name} is imported in one place, so that replacing it is a change in one place.`,
  severity: 'error',
  from: { path: '^(src|workers)/', pathNot: places },
  to: { path: module },
});

module.exports = {
  forbidden: [
    ...roomRules,
    onlyIn('worker-threads', '^(node:)?worker_threads$', ['^src/actors/', '^workers/']),
    onlyIn('piscina', '^node_modules/piscina/', ['^src/actors/', '^workers/']),
    onlyIn('ioredis', '^node_modules/ioredis/', ['^src/store/redis/', '^src/queue/bull/']),
    onlyIn('bullmq', '^node_modules/bullmq/', ['^src/queue/bull/']),
    onlyIn('modelcontextprotocol', '^node_modules/@modelcontextprotocol/', ['^src/server/mcp/']),
    onlyIn('bull-board', '^node_modules/@bull-board/', ['^src/server/operations/']),
    onlyIn('cockatiel', '^node_modules/cockatiel/', ['^src/tools/']),
    onlyIn('genai-prices', '^node_modules/@pydantic/genai-prices/', ['^src/pricing/']),
    {
      name: 'core-knows-no-rim',
      comment: 'The rim (telemetry, config, cli, server, testing) is never imported by the core.',
      severity: 'error',
      from: { path: inRooms(...CORE, 'store', 'artifacts', 'queue', 'actors') },
      to: { path: inRooms('telemetry', 'config', 'cli', 'server', 'testing') },
    },
    {
      name: 'layout-has-no-imports',
      comment: 'The layout is read by two compilers, so it holds literals only.',
      severity: 'error',
      from: { path: LAYOUT },
      to: {},
    },
    {
      name: 'shipped-code-stays-inside',
      comment: 'What is published does not reach into tests, benchmarks, scripts or examples.',
      severity: 'error',
      from: { path: '^(src|workers)/' },
      to: { path: '^(test|bench|scripts|examples)/' },
    },
    {
      name: 'no-dev-dependency',
      comment: 'What is published imports only what an installation brings along.',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: '^src/(testing|server)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
    },
    {
      name: 'no-cycle',
      comment: 'A cycle means that two files are one noun or that one knows too much.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphan',
      comment: 'A file that nothing imports is dead.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src/',
        pathNot: ['^src/index\\.ts$', '^src/testing/index\\.ts$', '^src/cli/main\\.ts$'],
      },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^build/', '^bench/node_modules/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
