import { IANAZone } from 'luxon';
import { InvalidInputError } from '../../platform/errors/index.js';

/**
 * Local days are cut from hours, so a zone's offset has to be whole hours, in every year that can be asked for.
 * @throws InvalidInputError naming `time_zone`
 */
export function checkZone(name: string, now: Date): string {
  if (!IANAZone.isValidZone(name)) refuse('must be an IANA time zone, e.g. Europe/Paris');
  const zone = IANAZone.create(name);
  for (let month = -36; month <= 12; month++) {
    const at = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + month, 1);
    if (zone.offset(at) % 60 !== 0) refuse(`${name} is not whole hours from UTC, which is not supported yet`);
  }
  return name;
}

function refuse(message: string): never {
  throw new InvalidInputError([{ path: 'time_zone', message }]);
}
