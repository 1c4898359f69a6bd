import fc from 'fast-check';
import { aConfig } from '../../../test/alerts/alert-builders.js';
import { ALERT_CHANNELS, type AlertRule } from '../domain/alert-config.js';
import { isSameRule } from './config-writer.js';
import { exportOfRule, ruleOfDto } from './rule-wire.js';

const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value);
const map = fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), { noNullPrototype: true });
const names = fc.uniqueArray(fc.string());
const anyRule: fc.Arbitrary<AlertRule> = fc
  .record({
    ...{ description: orNull(fc.string()), groupBy: orNull(fc.string()), labels: map, filters: map },
    ...{ recoveryThreshold: orNull(fc.double({ noNaN: true })), threshold: fc.double({ noNaN: true }) },
    ...{ windowSeconds: fc.nat(), renotifySeconds: orNull(fc.nat()), minSamples: fc.nat(), enabled: fc.boolean() },
    channels: orNull(fc.subarray([...ALERT_CHANNELS])),
    recipients: orNull(fc.record({ users: names, teams: names })),
    runbookUrl: orNull(fc.webUrl()),
  })
  .map((fields) => aConfig(fields));

it('reads every rule that it wrote as the same rule', () => {
  fc.assert(
    fc.property(anyRule, (rule) => {
      // These are kept as events are stored, which is what is written then.
      fc.pre(!('collection' in rule.filters) && !('method' in rule.filters));
      const written = exportOfRule(rule);
      expect(exportOfRule(ruleOfDto(written, undefined))).toEqual(written);
      expect(isSameRule(rule, ruleOfDto(written, undefined))).toBe(true);
    }),
  );
});

it('writes maps in one order, however they were kept', () => {
  const written = (labels: Record<string, string>): string =>
    JSON.stringify(exportOfRule(aConfig({ name: 'rule', labels })));
  expect(written({ b: '1', a: '2' })).toBe(written({ a: '2', b: '1' }));
});

it('keeps filters as events are stored', () => {
  const { filters } = ruleOfDto(
    { ...exportOfRule(aConfig()), filters: { method: 'post', collection: 'Black Rose', route: '/Cart' } },
    undefined,
  );
  expect(filters).toEqual({ method: 'POST', collection: 'black-rose', route: '/Cart' });
});
