import { statSync } from 'node:fs';

/** Over a minute each, as the log of a whole run says; begun last, one of them alone would make the run that much longer. */
const SLOWEST = ['rollups/rollups.medium', 'queues-on-', 'e2e/chaos', 'e2e/start-stop', 'notifications/retries'];
const KINDS = ['.soak-spec.ts', '.e2e-spec.ts', '.medium-spec.ts', '.spec.ts'];

/**
 * What starts processes and waits for them comes first, the quick ones last: a slow file that is begun at the end leaves
 * the other workers with nothing to do. On a new machine nothing more is known of a file than its kind and its size.
 */
export default class SlowFirstSequencer {
  sort(tests) {
    const order = ({ path }) => [slownessOf(path), kindOf(path), -statSync(path).size];
    return [...tests].sort((one, other) => {
      const [left, right] = [order(one), order(other)];
      return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
    });
  }

  shard(tests, { shardIndex, shardCount }) {
    return tests.filter((_, index) => index % shardCount === shardIndex - 1);
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
}

/** Place among the slowest; behind all of them for every other file. */
function slownessOf(path) {
  const place = SLOWEST.findIndex((part) => path.includes(part));
  return place < 0 ? SLOWEST.length : place;
}

function kindOf(path) {
  return KINDS.findIndex((ending) => path.endsWith(ending));
}
