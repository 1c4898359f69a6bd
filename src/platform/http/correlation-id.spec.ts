import { correlationIdOf } from './correlation-id.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;

it.each(['a', 'A-z_0.9:x', 'x'.repeat(128)])('keeps the request’s own id %s', (id) => {
  expect(correlationIdOf({ 'x-correlation-id': id, traceparent })).toBe(id);
});

it.each(['', ' ', 'a b', 'é', 'a\nb', '<script>', 'x'.repeat(129)])(
  'falls back to the trace id for the id %j',
  (id) => {
    expect(correlationIdOf({ 'x-correlation-id': id, traceparent })).toBe(TRACE);
  },
);

it('takes the trace id of a later version that appends fields', () => {
  expect(correlationIdOf({ traceparent: `01-${TRACE}-00f067aa0ba902b7-01-what-follows` })).toBe(TRACE);
});

it.each([
  undefined,
  'garbage',
  `ff-${TRACE}-00f067aa0ba902b7-01`,
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`,
  `00-${TRACE}-00f067aa0ba902b7-01-more`,
])('makes a new id for the traceparent %j', (header) => {
  expect(correlationIdOf({ traceparent: header })).toMatch(UUID);
});
