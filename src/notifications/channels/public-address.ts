import { lookup as resolve } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { within } from '../../platform/deadline/index.js';

/** An address inside the network of the service, where a webhook has no business. */
export class ForbiddenAddressError extends Error {
  readonly code = 'FORBIDDEN_ADDRESS';

  constructor() {
    super('The webhook leads to a private address.');
  }
}

/** All that is assigned to hosts of the internet. What else IPv6 has leads inside, or wraps an IPv4 address. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** Inside of every machine of a cloud: resolver and metadata of Azure. */
const PLATFORM_ADDRESSES: ReadonlySet<string> = new Set(['168.63.129.16']);

/** Whether an IP address belongs to the open internet: not private, loopback, link-local, or reserved for anything else. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // `process` takes ::ffff:10.0.0.1 for what it is. Everything with a name of its own is no ordinary host.
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast' || PLATFORM_ADDRESSES.has(parsed.toString())) return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}

/** The host of a URL as a socket would be told it: an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** @throws ForbiddenAddressError when the host is an IP address that is not public: those are never looked up */
export function refusePrivateHost(host: string): void {
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw new ForbiddenAddressError();
}

/**
 * Looks a name up when the connection is made, and refuses it when any of its addresses is not public: what a name
 * meant when it was saved, or in a look-up of our own a moment before, proves nothing.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
      return callback(new ForbiddenAddressError(), '', 0);
    }
    if (options.all) return callback(null, addresses);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

/** How long saving waits for a look-up; the connection looks again in any case. */
const LOOKUP_TIMEOUT_MS = 2_000;

/** Why a webhook that somebody gave cannot be used, as a sentence about it; `undefined`: as far as can be told it can. */
export async function refusalOfWebhook(text: string): Promise<string | undefined> {
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:') return 'must be a URL that starts with https://';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password';
  const host = hostOf(url);
  const refusal = 'must not lead to a private, loopback or link-local address';
  if (isIP(host) !== 0) return isPublicAddress(host) ? undefined : refusal;
  return (await addressesBehind(host)).every(isPublicAddress) ? undefined : refusal;
}

/** None where the name is not known, or not in time: that is for the connection to find out. */
async function addressesBehind(host: string): Promise<string[]> {
  try {
    // With a dot at its end a name is the same, but not found in a file of hosts.
    const name = host.replace(/\.$/, '');
    const found = await within(LOOKUP_TIMEOUT_MS, `Looking up ${host}`, lookup(name, { all: true }));
    return found.map(({ address }) => address);
  } catch {
    return [];
  }
}
