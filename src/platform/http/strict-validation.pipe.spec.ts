import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { InvalidInputError, type FieldError } from '../errors/index.js';
import { QueryInteger } from './query-decorators.js';
import { StrictValidationPipe } from './strict-validation.pipe.js';

class Item {
  @IsInt()
  quantity!: number;
}

class Body {
  @IsString()
  name!: string;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Item)
  items?: Item[];
}

class Query {
  @QueryInteger({ min: 1, max: 200, default: 50, description: 'Most items.' })
  limit = 50;

  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  provider?: string[];

  @IsOptional()
  @IsString()
  from?: string;
}

const pipe = new StrictValidationPipe();
const read = async (type: 'body' | 'query', metatype: typeof Body | typeof Query, value: unknown): Promise<unknown> =>
  pipe.transform(value, { type, metatype });

async function errorsOf(
  type: 'body' | 'query',
  metatype: typeof Body | typeof Query,
  value: unknown,
): Promise<FieldError[]> {
  const error: unknown = await read(type, metatype, value).catch((thrown: unknown) => thrown);
  if (error instanceof InvalidInputError) return error.errors;
  throw new Error(`It was accepted: ${JSON.stringify(error)}`);
}

it('makes the DTO, with its defaults', async () => {
  expect(await read('query', Query, { provider: 'tripo', from: 'x' })).toEqual({
    limit: 50,
    provider: ['tripo'],
    from: 'x',
  });
  expect(await read('query', Query, { limit: '200', provider: ['a', 'b'] })).toEqual({
    limit: 200,
    provider: ['a', 'b'],
  });
  expect(await read('body', Body, { name: 'x', items: [{ quantity: 1 }] })).toBeInstanceOf(Body);
});

it('says where in the body something is wrong, in the sender’s own words', async () => {
  const errors = await errorsOf('body', Body, { items: [{ quantity: 1 }, { quantity: 'x', colour: 'red' }], extra: 1 });
  expect(errors).toEqual(
    expect.arrayContaining([
      { path: 'name', message: 'must be a string' },
      { path: 'items[1].quantity', message: 'must be an integer number' },
      { path: 'items[1].colour', message: 'is not a known field' },
      { path: 'extra', message: 'is not a known field' },
    ]),
  );
});

it.each([[[]], [[{ name: 'x' }]], ['x'], [5], [true], [null]])('refuses the body %j', async (body) => {
  expect(await errorsOf('body', Body, body)).toEqual([{ path: '', message: 'must be a JSON object' }]);
});

it('takes no body for an empty one', async () => {
  expect((await errorsOf('body', Body, undefined))[0]?.path).toBe('name');
});

it('names every unknown query parameter together with what is wrong with the known', async () => {
  const errors = await errorsOf('query', Query, { a: '1', b: ['1', '2'], limit: '0', toString: 'x', constructor: 'y' });
  expect(errors.map(({ path }) => path).sort()).toEqual(['a', 'b', 'constructor', 'limit', 'toString']);
});

it('refuses __proto__ as a query parameter', async () => {
  const query: unknown = JSON.parse('{"__proto__":"1"}');
  expect(await errorsOf('query', Query, query)).toEqual([
    { path: '__proto__', message: 'is not a known query parameter' },
  ]);
});

it('refuses a parameter that is given twice, unless it may be repeated', async () => {
  expect(await errorsOf('query', Query, { from: ['a', 'b'], limit: ['1', '2'] })).toEqual([
    { path: 'from', message: 'must be given once' },
    { path: 'limit', message: 'must be given once' },
  ]);
});

it.each(['', ' 5', '5 ', '05', '+5', '1e2', '5.0', '0x5', '٥', '-0', '9'.repeat(30), 'NaN', '0', '201'])(
  'refuses %j for a whole number from 1 to 200',
  async (limit) => {
    expect((await errorsOf('query', Query, { limit }))[0]).toEqual({
      path: 'limit',
      message: 'must be a whole number from 1 to 200',
    });
  },
);

it('leaves alone what has no DTO', () => {
  expect(pipe.transform('x', { type: 'param', metatype: String })).toBe('x');
  expect(pipe.transform({ a: 1 }, { type: 'body', metatype: Object })).toEqual({ a: 1 });
});

it('makes a DTO of its own for each query without parameters', async () => {
  const [first, second] = [await read('query', Query, {}), await read('query', Query, {})];
  expect(first).toEqual({ limit: 50 });
  expect(second).toEqual({ limit: 50 });
  expect(second).toBeInstanceOf(Query);
  expect(second).not.toBe(first);
});

it('goes on refusing an empty query where a parameter is required', async () => {
  class Required {
    @IsString()
    to!: string;
  }
  for (const _time of [1, 2]) {
    await expect(pipe.transform({}, { type: 'query', metatype: Required })).rejects.toThrow(InvalidInputError);
  }
});
