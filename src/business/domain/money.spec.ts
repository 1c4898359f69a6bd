import { Decimal } from 'decimal.js';
import { toMoney } from './money.js';

const AMOUNT = new Decimal('1234.5678');

it.each('HUF COP IDR PKR ALL AFN IRR LAK LBP MGA MMK SOS SYP YER KPW USD'.split(' '))(
  'rounds %s to the two digits of its minor unit, not to what shops do in cash',
  (currency) => {
    expect(toMoney(AMOUNT, currency)).toBe(1234.57);
  },
);

it.each([
  ['JPY', 1235],
  ['KWD', 1234.568],
  ['IQD', 1234.568],
  ['CLF', 1234.5678],
  ['UYW', 1234.5678],
])('rounds %s to %d', (currency, rounded) => {
  expect(toMoney(AMOUNT, currency)).toBe(rounded);
});
