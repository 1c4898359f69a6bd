import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a browser says that another site sends the request. It says so with everything that is not a plain GET; what
 * says nothing is no browser, and carries nobody's cookie but its own.
 */
export function isCrossSite(headers: IncomingHttpHeaders, publicUrl: string | undefined): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined) return false;
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
