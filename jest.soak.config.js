// npm run soak: what takes longer than CI may. The random streams of the rollups, twenty thousand of them.
import base from './jest.config.js';

process.env.ROLLUP_RUNS ??= '20000';

export default {
  ...base,
  projects: base.projects
    .filter(({ displayName }) => displayName === 'medium')
    .map((project) => ({
      ...project,
      displayName: 'soak',
      testMatch: ['<rootDir>/test/rollups/rollups.medium-spec.ts'],
    })),
};
