import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { AdvisoryLock } from './advisory-lock.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('an advisory lock', () => {
  it('lets one do the work, and tells the others', async () => {
    const lock = new AdvisoryLock(database.dataSource);
    let running = 0;
    const work = async (): Promise<number> => {
      expect(++running).toBe(1);
      expect(await lock.ifFree('work', async () => 'twice')).toEqual({ acquired: false });
      running--;
      return 7;
    };
    expect(await lock.ifFree('work', work)).toEqual({ acquired: true, result: 7 });
    expect(await lock.ifFree('work', work)).toEqual({ acquired: true, result: 7 });
  });

  it('is one of many: another name is free', async () => {
    const lock = new AdvisoryLock(database.dataSource);
    const both = lock.ifFree('one', () => lock.ifFree('other', async () => 'done'));
    expect(await both).toEqual({ acquired: true, result: { acquired: true, result: 'done' } });
  });

  it('is free again when the work fails', async () => {
    const lock = new AdvisoryLock(database.dataSource);
    await expect(lock.ifFree('work', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lock.ifFree('work', async () => 'yes')).toEqual({ acquired: true, result: 'yes' });
  });
});
