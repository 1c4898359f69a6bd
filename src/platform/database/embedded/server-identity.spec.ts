import { clusterName, isProcessOf, isServerCommand } from './server-identity.js';

const DATA = '/srv/app/.data/postgres/data';

describe('a process', () => {
  it('is our server if it was started on our data', () => {
    expect(isServerCommand(['/opt/pg/bin/postgres', '-D', DATA, '-c', 'port=28123'], DATA)).toBe(true);
  });

  it.each([
    ['one on other data', ['/opt/pg/bin/postgres', '-D', `${DATA}2`]],
    ['a part of our server', [`postgres: ${clusterName(DATA)}: checkpointer `]],
    ['an editor', ['vim', DATA]],
    ['a zombie', []],
  ])('is not our server: %s', (_name, command) => {
    expect(isServerCommand(command, DATA)).toBe(false);
  });

  it('is a part of our server if its title says so', () => {
    expect(isProcessOf([`postgres: ${clusterName(DATA)}: analytics analytics 127.0.0.1(41234) COPY`], DATA)).toBe(true);
    expect(isProcessOf([`postgres: ${clusterName(`${DATA}2`)}: checkpointer `], DATA)).toBe(false);
    expect(isProcessOf(['postgres: checkpointer '], DATA)).toBe(false);
    expect(isProcessOf(['/opt/pg/bin/postgres', '-D', DATA], DATA)).toBe(false);
    expect(isProcessOf([], DATA)).toBe(false);
  });
});
