import { useKey, type DistinctPart, type Where } from '../catalogue/expression.js';
import { DistinctSketch } from './distinct-sketch.js';
import { addAllButSums, emptyState, type State } from './state.js';

/** A state and the dimension values it was read for. */
export interface KeyedState {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly state: State;
}

interface Whole {
  readonly key: string;
  readonly where: Where | undefined;
  readonly state: State;
}

interface Union {
  readonly parts: readonly DistinctPart[];
  readonly people: DistinctSketch;
}

/**
 * The states of one point or group, by `useKey`. What several figures of it have in common is added up once, so nothing is
 * added to it once it is evaluated. There are hundreds in an answer: what it remembers is kept in short lists.
 */
export class CellStates {
  private readonly states = new Map<string, KeyedState[]>();
  private readonly wholes: Whole[] = [];
  private readonly unions: Union[] = [];

  get isEmpty(): boolean {
    return this.states.size === 0;
  }

  add(key: string, state: KeyedState): void {
    const known = this.states.get(key);
    if (known) known.push(state);
    else this.states.set(key, [state]);
  }

  /** Those that the condition holds for. */
  matching(key: string, where: Where | undefined): readonly KeyedState[] {
    const all = this.states.get(key) ?? NO_STATES;
    return where ? all.filter(({ dimensions }) => holds(where, dimensions)) : all;
  }

  /** Those that one of the conditions holds for. */
  matchingAny(key: string, wheres: readonly Where[]): readonly KeyedState[] {
    const all = this.states.get(key) ?? NO_STATES;
    return all.filter(({ dimensions }) => wheres.some((where) => holds(where, dimensions)));
  }

  /** Those that the condition holds for, added up without their sums: adding up sketches takes most of a cell's time. */
  whole(key: string, where: Where | undefined): State {
    const known = this.wholes.find((whole) => whole.key === key && whole.where === where);
    if (known) return known.state;
    const state = emptyState();
    for (const { state: part } of this.matching(key, where)) addAllButSums(state, part);
    this.wholes.push({ key, where, state });
    return state;
  }

  /** How many people there are and whether that is exact are both asked of it. */
  union(parts: readonly DistinctPart[]): DistinctSketch {
    const known = this.unions.find((union) => union.parts === parts);
    if (known) return known.people;
    const people = new DistinctSketch();
    for (const { family, ignores, where } of parts) {
      for (const { state } of this.matching(useKey(family, ignores), where))
        if (state.distinct) people.merge(state.distinct);
    }
    this.unions.push({ parts, people });
    return people;
  }
}

const NO_STATES: readonly KeyedState[] = [];

/** Asked of every state of every cell: without an object for each. */
function holds(where: Where, dimensions: KeyedState['dimensions']): boolean {
  for (const name in where) if (!where[name]?.includes(dimensions[name] ?? '')) return false;
  return true;
}
