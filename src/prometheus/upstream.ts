/** Somewhere to ask: an address that may be shown, and what proves that we may. */
export interface Upstream {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes the credentials out of a URL (`fetch` refuses them there): Basic of the URL wins over the token. */
export function upstreamOf(text: string, token: string | undefined): Upstream {
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const bare = url.pathname === '/' && url.search === '' ? url.origin : url.href;
  if (username === '' && password === '') {
    return { url: bare, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } };
  }
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url: bare, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}
