import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { builtinRules } from 'eslint/use-at-your-own-risk';

// The sizes of the house style. A rule has one severity, so the core rules are registered a second time: under
// `hint/` they warn at the size to aim at, under their own name they are errors at twice that size.
const hints = {
  rules: Object.fromEntries(
    ['max-lines', 'max-lines-per-function', 'max-depth', 'max-params', 'complexity'].map((name) => [
      name,
      builtinRules.get(name),
    ]),
  ),
};
const lines = (max) => ({ max, skipBlankLines: true, skipComments: true });

const nodeGlobals = Object.fromEntries(
  ['process', 'console', 'Buffer', 'URL', 'fetch', 'performance', 'AbortSignal', 'structuredClone']
    .concat(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'])
    .map((name) => [name, 'readonly']),
);

const testFiles = ['**/*.spec.ts', '**/*.medium-spec.ts', '**/*.e2e-spec.ts', '**/*.soak-spec.ts', 'test/**/*.ts'];
const focusedOrSkippedTest =
  'CallExpression[callee.object.name=/^(it|test|describe)$/][callee.property.name=/^(only|skip)$/]';

export default defineConfig(
  { ignores: ['**/dist/', 'coverage/', '.data/', 'clients/typescript/src/schema.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { hint: hints },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-empty': ['error', { allowEmptyCatch: false }],

      // Every promise is awaited or handed to something that awaits it.
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      // An async method that only satisfies an interface is fine.
      '@typescript-eslint/require-await': 'off',

      // `import type` of a DTO or of an injected class switches validation or injection off without a word
      // (emitDecoratorMetadata needs the value), so nothing here may push towards it.
      '@typescript-eslint/consistent-type-imports': 'off',

      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-explicit-any': 'error',

      'hint/max-lines': ['warn', lines(200)],
      'hint/max-lines-per-function': ['warn', lines(25)],
      'hint/max-depth': ['warn', 3],
      'hint/max-params': ['warn', 5],
      'hint/complexity': ['warn', 10],
      'max-lines': ['error', lines(400)],
      'max-lines-per-function': ['error', lines(50)],
      'max-depth': ['error', 6],
      'max-params': ['error', 7],
      complexity: ['error', 20],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/config/**', ...testFiles],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read in platform/config alone.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: ['process', 'node:process'].map((name) => ({
            name,
            importNames: ['env'],
            message: 'The environment is read in platform/config alone.',
          })),
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/main.ts', 'src/**/*.command.ts', 'src/platform/cli/**'],
    rules: { 'no-console': 'error' },
  },
  {
    files: testFiles,
    rules: {
      // JSON bodies are `any`, and a describe block is a list, not a function.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'hint/max-lines-per-function': 'off',
      'max-lines-per-function': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: focusedOrSkippedTest, message: 'A focused or skipped test hides the others, or itself.' },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: nodeGlobals,
    },
    rules: { 'max-lines-per-function': 'off', 'hint/max-lines-per-function': 'off' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { globals: { module: 'writable', require: 'readonly', __dirname: 'readonly' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
