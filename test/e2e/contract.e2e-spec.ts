import { Ajv2020 } from 'ajv/dist/2020.js';
import { API, startApp, type AppAnswer, type AppRequest, type StartedApp } from '../support/app.js';
import { faultOf, shown, summary } from '../contract/answers.js';
import { Dice, oddRequest, refusedQueries } from '../contract/malformed.js';
import { examplesOf, operationsOf, type Operation, type OpenApiDocument } from '../contract/operations.js';
import { ROLES, whoMay } from '../contract/who-may.js';
import { inSoak } from '../support/soak.js';

/** What holds for every route that the OpenAPI document lists; a new route is in it without being named here. */
jest.setTimeout(120_000);

const ODD_REQUESTS = inSoak ? 2_000 : 800;
const AT_ONCE = 12;

let app: StartedApp;
let document: OpenApiDocument;
let operations: Operation[];

beforeAll(async () => {
  app = await startApp({ env: { RATE_LIMIT_PER_MINUTE: '0' } });
  document = (await app.request('/docs-json')).body as OpenApiDocument;
  operations = operationsOf(document);
}, 60_000);
afterAll(() => app.stop(), 60_000);

/** Asks for all of them, a few at a time, and lists what is wrong with the answers. */
async function wrongAnswers<Case>(
  cases: readonly Case[],
  check: (one: Case) => Promise<string | undefined>,
): Promise<string[]> {
  const waiting = [...cases];
  const wrong: string[] = [];
  const askAll = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const fault = await check(one);
      if (fault !== undefined) wrong.push(fault);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askAll));
  return wrong;
}

/** The smallest body that is JSON: who may not is found out before it is looked at. */
function ask(operation: Operation, request: AppRequest = {}): Promise<AppAnswer> {
  return app.request(operation.url(), {
    method: operation.method,
    ...(operation.body && { json: {} }),
    ...request,
  });
}

it('the document lists the routes', () => {
  expect(operations.length).toBeGreaterThan(15);
  expect(operations.map(({ name }) => name)).toEqual(
    expect.arrayContaining([`POST ${API}/events`, `GET ${API}/business/overview`, `PUT ${API}/ml/pricing`]),
  );
});

describe('who may use every route', () => {
  it('needs a token unless it is public', async () => {
    const wrong = await wrongAnswers(operations, async (operation) => {
      const { status } = await ask(operation);
      const isOpen = status !== 401;
      return isOpen === (whoMay(operation) === 'public') ? undefined : `${operation.name}: ${status} without a token`;
    });
    expect(wrong).toEqual([]);
  });

  it('is what the contract says of its roles', async () => {
    const cases = operations.flatMap((operation) => [...ROLES, 'stranger'].map((role) => ({ operation, role })));
    const wrong = await wrongAnswers(cases, async ({ operation, role }) => {
      const { status } = await ask(operation, { role });
      const allowed = whoMay(operation);
      const may = allowed === 'public' || allowed.some((one) => one === role);
      return (status !== 403) === may && status !== 401 ? undefined : `${operation.name}: ${status} for ${role}`;
    });
    expect(wrong).toEqual([]);
  });
});

describe('every query parameter', () => {
  it('is refused by its name when it is malformed', async () => {
    const cases = operations
      .filter(({ method }) => method === 'GET')
      .flatMap((operation) => refusedQueries(operation).map((refused) => ({ operation, ...refused })));
    expect(cases.length).toBeGreaterThan(100);
    const wrong = await wrongAnswers(cases, async ({ operation, parameter, query }) => {
      const answer = await app.request(`${operation.url()}?${query}`, { role: 'admin' });
      return names(answer, parameter) ? undefined : `${operation.name}?${shown(query)}: ${summary(answer)}`;
    });
    expect(wrong).toEqual([]);
  });

  it('that is unknown is refused by its name, on every route', async () => {
    const wrong = await wrongAnswers(operations, async (operation) => {
      const request = { method: operation.method, role: 'admin', ...(operation.body && { json: {} }) };
      const answer = await app.request(`${operation.url()}?no_such_parameter=1`, request);
      return names(answer, 'no_such_parameter') ? undefined : `${operation.name}: ${summary(answer)}`;
    });
    expect(wrong).toEqual([]);
  });
});

describe('the document', () => {
  it('has an example for each answer and each body', () => {
    const contents = operations.flatMap(({ name, answers, body }) => [
      ...answers.map(({ status, content }) => ({ name: `${name} → ${status}`, content })),
      ...(body ? [{ name: `${name} body`, content: body }] : []),
    ]);
    expect(contents.filter(({ content }) => examplesOf(content).length === 0).map(({ name }) => name)).toEqual([]);
  });

  it('has no example that its own schema refuses', () => {
    const wrong = operations.flatMap(({ name, answers, body }) =>
      [...answers.map(({ content }) => content), ...(body ? [body] : [])].flatMap((content) =>
        examplesOf(content).flatMap((example) => mismatch(content.schema, example).map((error) => `${name}: ${error}`)),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('has no example of a body that the service calls invalid', async () => {
    const cases = operations.flatMap((operation) =>
      (operation.body ? examplesOf(operation.body) : []).map((json) => ({ operation, json })),
    );
    expect(cases.length).toBeGreaterThan(10);
    const wrong = await wrongAnswers(cases, async ({ operation, json }) => {
      const answer = await ask(operation, { role: 'admin', json });
      return answer.status === 400 ? `${operation.name}: ${summary(answer)}` : undefined;
    });
    expect(wrong).toEqual([]);
  });

  it('says what every GET answers', async () => {
    const gets = operations.filter(({ method, pathParameters }) => method === 'GET' && pathParameters.length === 0);
    const wrong = await wrongAnswers(gets, async (operation) => {
      const { status, body } = await ask(operation, { role: 'admin' });
      const schema = operation.answers.find((answer) => answer.status === '200')?.content.schema;
      const errors = status === 200 ? mismatch(schema, body) : [`answers ${status} without parameters`];
      return errors.length === 0 ? undefined : `${operation.name}: ${errors.join('; ')}`;
    });
    expect(wrong).toEqual([]);
  });
});

it(`${ODD_REQUESTS} malformed requests to every route have no answer that is a fault or tells of the inside`, async () => {
  const seed = 1 + (Date.now() % 1_000_000);
  const dice = new Dice(seed);
  const requests = Array.from({ length: ODD_REQUESTS }, (_, index) =>
    oddRequest(operations[index % operations.length] as Operation, dice),
  );
  const wrong = await wrongAnswers(requests, async ({ url, ...request }) => {
    const answer = await app.request(url, { ...request, role: 'admin' });
    const fault = faultOf(answer);
    return fault && `${fault}: ${request.method} ${shown(url)} ${shown(request.body ?? '')} ${summary(answer)}`;
  });
  expect({ seed, wrong }).toEqual({ seed, wrong: [] });
  expect((await app.request('/health/ready')).status).toBe(200);
});

function names({ status, body }: AppAnswer, parameter: string): boolean {
  const paths = ((body?.errors ?? []) as { path: string }[]).map(({ path }) => path);
  return status === 400 && paths.some((path) => path === parameter || path.startsWith(`${parameter}[`));
}

let ajv: Ajv2020 | undefined;

function mismatch(schema: object | undefined, value: unknown): string[] {
  if (schema === undefined) return ['has no schema'];
  ajv ??= new Ajv2020({ strict: false, validateFormats: false }).addSchema({
    $id: 'document',
    components: document.components,
  });
  const absolute: unknown = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components'));
  const validate = ajv.compile(absolute as object);
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
