import { SettledStates } from './settled-states.js';
import type { StateRow } from './state-row.js';

const row: StateRow = { bucket: 0, dimensions: {}, state: { count: 1, sums: {} } };
const rows = (count: number): StateRow[] => Array<StateRow>(count).fill(row);
/** Room for some 25 rows. */
const SMALL = 10_000;

describe('SettledStates', () => {
  it('gives what was read under the same version, and nothing under another', () => {
    const states = new SettledStates();
    states.set('a', '1:7', [row]);
    expect(states.get('a', '1:7')).toEqual([row]);
    expect(states.get('a', '2:15')).toBeUndefined();
    states.set('a', '2:15', []);
    expect(states.get('a', '2:15')).toEqual([]);
    expect(states.get('a', '1:7')).toBeUndefined();
  });

  it('lets go of what was not asked for longest', () => {
    const states = new SettledStates(SMALL);
    states.set('a', '1', rows(10));
    states.set('b', '1', rows(10));
    states.get('a', '1');
    states.set('c', '1', rows(10));
    expect(['a', 'b', 'c'].map((key) => states.get(key, '1')?.length)).toEqual([10, undefined, 10]);
  });

  it('does not keep what would push out everything else', () => {
    const states = new SettledStates();
    states.set('a', '1', [row]);
    states.set('b', '1', rows(20_000));
    expect(states.get('a', '1')).toEqual([row]);
    expect(states.get('b', '1')).toBeUndefined();
  });
});
