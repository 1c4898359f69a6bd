import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { databaseIdentity } from './database-identity.js';

let database: TestDatabase;
let other: TestDatabase;

beforeAll(async () => {
  [database, other] = [await createTestDatabase(), await createTestDatabase()];
});
afterAll(async () => {
  await database.drop();
  await other.drop();
});

const nameOf = ({ url }: TestDatabase): string => new URL(url).pathname.slice(1);

it('is of the database and its server, by whatever address it is reached', async () => {
  const elsewhere = new URL(database.url);
  elsewhere.hostname = 'localhost';
  elsewhere.searchParams.set('application_name', 'elsewhere');
  const identity = await databaseIdentity(database.url);
  expect(identity).toMatch(new RegExp(`^${nameOf(database)}-\\d{10,}$`));
  expect(await databaseIdentity(elsewhere.href)).toBe(identity);
});

it('differs between the databases of a server', async () => {
  const [one, two] = [await databaseIdentity(database.url), await databaseIdentity(other.url)];
  expect(one).not.toBe(two);
  expect(one.split('-').at(-1)).toBe(two.split('-').at(-1));
});

it('is the name alone where the server keeps its identifier to itself', async () => {
  await database.dataSource.query('REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC');
  const asSomebody = new URL(database.url);
  asSomebody.searchParams.set('options', '-c role=pg_read_all_stats');
  expect(await databaseIdentity(asSomebody.href)).toBe(nameOf(database));
});
