/**
 * Holds the house of docs/architecture.md: every import must be an allowed edge of .dependency-cruiser.cjs.
 *
 *   node scripts/check-architecture.js [ROOT]
 *
 * Fails as well when it cruised fewer modules than 0.9 × the source files there are: a cruise that sees nothing, for
 * instance because it cannot read this version of TypeScript, finds no violation either.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const MINIMUM_SHARE = 0.9;
const project = path.dirname(import.meta.dirname);
const root = path.resolve(process.argv[2] ?? project);

const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const tsConfig = path.join(project, 'tsconfig.json');
process.chdir(root);

const entries = ['src', 'migrations', 'ormconfig.ts'].filter((entry) => existsSync(entry));
const sources = readdirSync('src', { recursive: true }).filter(
  (file) => file.endsWith('.ts') && !/\.(medium-|soak-)?spec\.ts$/.test(file),
);

const { forbidden, allowed, allowedSeverity, options } = config;
const { output } = await cruise(
  entries,
  { ...options, tsConfig: { fileName: tsConfig }, ruleSet: { forbidden, allowed, allowedSeverity }, validate: true },
  options.enhancedResolveOptions,
  { tsConfig: extractTSConfig(tsConfig) },
);

const cruised = output.modules.filter((module) => /^src\/.*\.ts$/.test(module.source)).length;
const minimum = Math.ceil(sources.length * MINIMUM_SHARE);
const { violations } = output.summary;

for (const { rule, from, to } of violations) console.error(`${rule.severity} ${rule.name}: ${from} → ${to}`);
if (cruised < minimum) {
  console.error(`error too-few-modules: cruised ${cruised} of ${sources.length} source files, expected ${minimum}.`);
}
console.log(`Architecture: ${cruised} modules, ${output.summary.totalDependenciesCruised} dependencies.`);
const failed = cruised < minimum || violations.some(({ rule }) => rule.severity === 'error');
process.exitCode = failed ? 1 : 0;
