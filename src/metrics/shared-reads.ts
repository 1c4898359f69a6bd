import type { StateNeeds } from './store/state-query.js';
import type { StateRead } from './store/state-read.js';

/**
 * Reads of states, with those joined that differ only in how they are cut and in what they need of the states: rows of
 * finer groups add up to those of coarser ones.
 */
export class SharedReads {
  private readonly places = new Map<string, number>();
  private readonly joined: StateRead[] = [];

  get reads(): readonly StateRead[] {
    return this.joined;
  }

  /** @returns where among the answers to `reads` that of the read will stand */
  add(read: StateRead): number {
    const { family, range, bucketStarts, filters } = read;
    const starts = bucketStarts?.map((start) => start.getTime());
    const key = JSON.stringify([family.name, range, starts, filters]);
    const place = this.places.get(key);
    const known = place === undefined ? undefined : this.joined[place];
    if (place !== undefined && known) {
      this.joined[place] = joinOf(known, read);
      return place;
    }
    this.places.set(key, this.joined.length);
    return this.joined.push(read) - 1;
  }
}

function joinOf(left: StateRead, right: StateRead): StateRead {
  return {
    ...left,
    dimensions: [...new Set([...left.dimensions, ...right.dimensions])],
    needs: needsOfBoth(left.needs, right.needs),
  };
}

function needsOfBoth(left: StateNeeds, right: StateNeeds): StateNeeds {
  return {
    sums: [...new Set([...left.sums, ...right.sums])],
    value: left.value || right.value,
    sketch: left.sketch || right.sketch,
    distinct: left.distinct || right.distinct,
    last: left.last || right.last,
  };
}
