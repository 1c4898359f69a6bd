// CommonJS transform: see docs/adr/0001. ES modules of node_modules are transformed as well, so that CommonJS packages may require them.
const swc = [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      keepClassNames: true,
    },
  },
];
const esmPackages = [
  '@nestjs',
  'file-type',
  'strtok3',
  'token-types',
  '@tokenizer',
  '@borewit',
  'uint8array-extras',
  'content-disposition',
  'cookie',
];
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.[cm]?[jt]s$': swc },
  transformIgnorePatterns: [`node_modules/(?!.*node_modules/)(?!(?:${esmPackages.join('|')})/)`],
};
const onDatabase = {
  globalSetup: '<rootDir>/test/support/database-setup.ts',
  globalTeardown: '<rootDir>/test/support/database-teardown.ts',
};

export default {
  testTimeout: 30_000,
  // Slow tests also wait for processes: three at once use nine tenths of two cores, where jest would take one worker.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/support/slow-first-sequencer.js',
  reporters: ['default', '<rootDir>/test/support/totals-reporter.js'],
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{src,scripts}/**/*.spec.ts'] },
    {
      ...shared,
      ...onDatabase,
      displayName: 'medium',
      testMatch: ['<rootDir>/{src,test,migrations}/**/*.medium-spec.ts'],
    },
    { ...shared, ...onDatabase, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts'] },
  ],
};
