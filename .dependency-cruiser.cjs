// The house as an explicit list of allowed edges: what is not listed here is an error.
// The list says which room may use which; every use of another room goes through its door, `index.ts`.

/** Room → the rooms it may use. Arrows point down only. `platform` is open to every room, and knows none of them. */
const ROOMS = {
  dashboard: ['alerts', 'business', 'ml-analytics', 'health-analytics', 'metrics'],
  alerts: ['notifications', 'collector', 'metrics', 'prometheus', 'events'],
  business: ['metrics', 'events'],
  'ml-analytics': ['metrics', 'events'],
  'health-analytics': ['metrics', 'prometheus', 'events'],
  housekeeping: ['collector', 'rollups'],
  rollups: ['metrics', 'events'],
  notifications: ['events'],
  collector: ['metrics', 'events'],
  metrics: ['events'],
  prometheus: [],
  events: [],
};
const rooms = Object.keys(ROOMS);

/** Packages that only some files may see; every other package is free. */
const TYPEORM = 'node_modules/(@nestjs/)?typeorm/';
const BULLMQ = 'node_modules/(@nestjs/)?bullmq/';
const SCHEDULE = 'node_modules/@nestjs/schedule/';
const POSTGRES = 'node_modules/(@types/)?(pg|pg-copy-streams|pg-pool)/';
const RESERVED = [TYPEORM, BULLMQ, SCHEDULE, POSTGRES];

const FEATURE = `^src/(${rooms.join('|')})(?=/)`;
const REPOSITORY = '(\\.repository\\.ts$|\\.entity\\.ts$|/store/)';
const CONTROLLER = '\\.controller\\.ts$';
const JOBS = '/jobs/';
const DOMAIN = '/domain/';
const PACKAGE_TYPES = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'core'];

const edge = (name, from, to) => ({ comment: name, from, to });

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-packages-at-run-time',
      comment: 'What runs in production must be a dependency, not a dev dependency.',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'A package that only comes along with another one may be gone tomorrow.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  allowedSeverity: 'error',
  allowed: [
    // The entrance.
    edge(
      'main starts the app',
      { path: '^src/(main|openapi\\.command)\\.ts$' },
      { path: '^src/(app\\.module\\.ts$|platform/[^/]+/index\\.ts$)' },
    ),
    edge(
      'the app lists the rooms',
      { path: '^src/app\\.module\\.ts$' },
      { path: '^src/(platform/)?[^/]+/index\\.ts$' },
    ),
    edge(
      'migrations and ormconfig',
      { path: '^(ormconfig\\.ts|migrations/)' },
      { path: '^(migrations/|src/platform/(config|database)/index\\.ts$)' },
    ),
    edge('the database runs the migrations', { path: '^src/platform/database/' }, { path: '^migrations/' }),

    // Between rooms: by the door, downwards.
    ...rooms.flatMap((room) =>
      ROOMS[room].map((other) =>
        edge(
          `${room} uses ${other}`,
          { path: `^src/${room}/`, pathNot: DOMAIN },
          { path: `^src/${other}/index\\.ts$` },
        ),
      ),
    ),
    edge(
      'features use the platform',
      { path: FEATURE, pathNot: [DOMAIN, '^src/events/'] },
      { path: '^src/platform/[^/]+/index\\.ts$' },
    ),
    edge(
      'events know errors and currencies only',
      { path: '^src/events/' },
      { path: '^src/platform/(errors|currency)/index\\.ts$' },
    ),
    edge('the platform uses itself', { path: '^src/platform/' }, { path: '^src/platform/[^/]+/index\\.ts$' }),
    edge('inside a platform room', { path: '^src/platform/([^/]+)/' }, { path: '^src/platform/$1/' }),

    // Inside a room: controllers and processors call the service; only the service calls the repository.
    edge('inside a room', { path: FEATURE, pathNot: [CONTROLLER, JOBS, DOMAIN, REPOSITORY] }, { path: '^src/$1/' }),
    edge(
      'controllers and jobs, but not to the repository',
      { path: FEATURE, pathNot: [DOMAIN, REPOSITORY] },
      { path: '^src/$1/', pathNot: REPOSITORY },
    ),
    edge(
      'repositories know no caller',
      { path: `${FEATURE}.*${REPOSITORY}` },
      { path: '^src/$1/', pathNot: [CONTROLLER, JOBS, '\\.service\\.ts$', '\\.module\\.ts$'] },
    ),
    edge('domain knows itself', { path: `${FEATURE}.*${DOMAIN}` }, { path: `^src/$1(?=/).*${DOMAIN}` }),
    edge(
      'the domain of metrics is written in terms of the catalogue',
      { path: '^src/metrics/domain/' },
      { path: '^src/metrics/catalogue/' },
    ),
    edge(
      'domain speaks of events, metrics and errors',
      { path: DOMAIN },
      { path: '^src/(events|metrics|platform/errors)/index\\.ts$' },
    ),

    // Packages.
    edge('packages', { pathNot: DOMAIN }, { dependencyTypes: PACKAGE_TYPES, pathNot: RESERVED }),
    edge('exact numbers in the domain', { path: DOMAIN }, { path: 'node_modules/(@types/)?(decimal\\.js|luxon)/' }),
    edge(
      'TypeORM',
      { path: [REPOSITORY, '^src/platform/database/', '^migrations/', '^ormconfig\\.ts$'] },
      { path: TYPEORM },
    ),
    edge('pg', { path: [REPOSITORY, '^src/platform/(database|queues)/'] }, { path: POSTGRES }),
    edge('BullMQ', { path: [JOBS, '^src/platform/queues/'] }, { path: BULLMQ }),
    edge('schedule', { path: '^src/platform/queues/' }, { path: SCHEDULE }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.(medium-|soak-)?spec\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
