import type { OpenAPIObject } from '@nestjs/swagger';
import { offerExamples } from './optional-examples.js';

const described = (parameter: object): object => {
  const paths = { '/sales': { get: { parameters: [parameter] } }, '/health/live': { get: {} } };
  const [shown] = offerExamples({ paths } as unknown as OpenAPIObject).paths['/sales']?.get?.parameters ?? [];
  return shown as object;
};

it('shows an example of an optional parameter without filling it in', () => {
  const schema = { type: 'string', example: 'USD' };
  expect(described({ name: 'currency', required: false, schema })).toEqual({
    name: 'currency',
    required: false,
    schema: { type: 'string', examples: ['USD'] },
    'x-example': 'USD',
  });
});

it('shows several values side by side', () => {
  const schema = { type: 'array', items: { type: 'string' }, example: ['health', 'business'] };
  expect(described({ schema })).toMatchObject({
    'x-example': 'health, business',
    schema: { examples: [['health', 'business']] },
  });
});

it.each([
  ['required', { required: true, schema: { example: 'maya' } }],
  ['without an example', { schema: { type: 'integer', default: 50 } }],
])('leaves alone what is %s', (_what, parameter) => {
  expect(described(structuredClone(parameter))).toEqual(parameter);
});
