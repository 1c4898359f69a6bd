import type { IncomingHttpHeaders } from 'node:http';

/** Headers by which proxies, balancers and content networks say that a request came from somewhere else. */
const NAMES: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'cdn-loop',
  'client-ip',
  'true-client-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'do-connecting-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'cf-pseudo-ipv4',
  'cf-ray',
  'remote-addr',
  'proxy-client-ip',
  'wl-proxy-client-ip',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-remote-ip',
  'x-remote-addr',
  'x-originating-ip',
  'x-proxyuser-ip',
  'x-appengine-user-ip',
  'x-azure-clientip',
  'x-azure-socketip',
  'x-envoy-external-address',
  'x-nf-client-connection-ip',
  'x-vercel-proxied-for',
  'x-amzn-trace-id',
  'x-cloud-trace-context',
  'ali-cdn-real-ip',
]);
/** `x-forwarded-for`, `x-original-forwarded-for`, `x-vercel-forwarded-for`, … and whatever else names a client's address. */
const KINDS = /forwarded|(client|real|connecting|external|source|user|remote|originating)-?(ip|addr)/;

/** Whether a request has passed a proxy, as far as the proxy tells: the peer of the connection is not its sender then. */
export function isForwarded(headers: Readonly<IncomingHttpHeaders> | Readonly<Record<string, unknown>>): boolean {
  return Object.keys(headers).some((name) => NAMES.has(name) || KINDS.test(name));
}
