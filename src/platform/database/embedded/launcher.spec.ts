import { launchersFor, runToEnd } from './launcher.js';

describe('the ways to start the server', () => {
  it('are one for an ordinary user', () => {
    expect(launchersFor(undefined)).toEqual([{ prefix: [] }]);
  });

  it('begin with the plain one for root, then the one with the weaker power', () => {
    const [plain, ...powerful] = launchersFor({ name: 'postgres', uid: 101, gid: 104 });
    expect(plain).toMatchObject({ account: { uid: 101 }, prefix: [] });
    expect(powerful.map(({ prefix }) => prefix.join(' '))).toEqual([
      expect.stringMatching(/^setpriv --reuid=101 --regid=104 .*\+dac_read_search --$/),
      expect.stringMatching(/^setpriv --reuid=101 --regid=104 .*\+dac_override --$/),
    ]);
  });
});

describe('a program', () => {
  it('is told nothing of our environment', async () => {
    const { code, output } = await runToEnd({ prefix: [] }, ['env']);
    expect(code).toBe(0);
    expect(output.split('\n').map((line) => line.split('=')[0])).toEqual(expect.not.arrayContaining(['HOME']));
    expect(output).toContain('LC_ALL=C');
  });

  it('gets a preloaded library only with the clock of the app', async () => {
    const before = { ...process.env };
    const variables = async (): Promise<string[]> =>
      (await runToEnd({ prefix: [] }, ['env'])).output
        .split('\n')
        .filter((line) => /^(LD_PRELOAD|FAKETIME)=/.test(line));
    try {
      delete process.env['FAKETIME'];
      process.env['LD_PRELOAD'] = '';
      expect(await variables()).toEqual([]);
      process.env['FAKETIME'] = '+60';
      expect((await variables()).sort()).toEqual(['FAKETIME=+60', 'LD_PRELOAD=']);
    } finally {
      process.env = before;
    }
  });

  it('has no exit code when it does not exist', async () => {
    expect(await runToEnd({ prefix: [] }, ['/no/such/program'])).toMatchObject({ code: null });
  });
});
