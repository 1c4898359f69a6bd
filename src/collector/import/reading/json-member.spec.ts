import fc from 'fast-check';
import { findMember, prependMembers } from './json-member.js';

function valueOf(json: string, name: string): string | undefined {
  const span = findMember(json, name);
  return span && json.slice(span.start, span.end);
}

it.each([
  ['{"at":"x"}', '"x"'],
  ['{ "a" : [1,{"at":"inner"}] , "at" :\t"outer" }', '"outer"'],
  ['{"at":1,"at":2}', '2'],
  ['{"a\\"t":1,"at":"say \\"}\\\\"}', '"say \\"}\\\\"'],
  ['{"\\u0061t":true}', 'true'],
  ['{"properties":{"at":"no"}}', undefined],
  ['{"v":"\\"at\\":5"}', undefined],
  ['{}', undefined],
  ['{"at":{"x":"}"},"b":1}', '{"x":"}"}'],
  ['{"at":12345678901234567890}', '12345678901234567890'],
])('finds the top-level value in %s', (json, value) => {
  expect(valueOf(json, 'at')).toBe(value);
});

it('finds what JSON.parse finds, whatever the object and its layout', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.jsonValue(),
      fc.constantFrom(0, 1, '\t'),
      (rest, value, indent) => {
        const object = Object.fromEntries([...Object.entries(rest).filter(([key]) => key !== 'at'), ['at', value]]);
        const found = valueOf(JSON.stringify(object, null, indent), 'at');
        expect(JSON.parse(found as string)).toEqual(JSON.parse(JSON.stringify(value)));
      },
    ),
  );
});

it.each([
  ['{}', '{"id":"1"}'],
  ['{ }', '{"id":"1" }'],
  ['{"a":1e2}', '{"id":"1","a":1e2}'],
])('puts members in front of %s', (json, result) => {
  expect(prependMembers(json, { id: '1' })).toBe(result);
});
