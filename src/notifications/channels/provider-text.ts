import { maskAddress } from '../domain/mask.js';
import { cut, oneLine } from '../domain/one-line.js';

/** Of a provider's answer; more says nothing to a reader. */
const MAX_TEXT = 200;
/** Looked at: expressions run over all of it. */
const MAX_INPUT = 2_000;
/** Shorter ones are words that anybody might use. */
const MIN_SECRET = 6;

const HTML = /<(!doctype|html|head|title|body|h1|p)\b/i;
const HTML_UNSEEN = /<(script|style)\b[^<>]*>[^<]*<\/\1>|<[^<>]*>/gi;
const URLS = /\bhttps?:\/\/[^\s"'<>)\]]+/gi;
const EMAILS = /[^\s<>@"',;:()]+@[^\s<>@"',;:()]+/g;
const PHONES = /(?<!\w)\+?\d{8,}(?!\w)/g;
/** Tokens, ids of accounts and messages: nobody types that many without a space. */
const TOKENS = /[\w+/=-]{24,}/g;

/** A provider's own words, as one short line without addresses, tokens and `secrets`; '' for none. */
export function providerText(text: string, secrets: readonly string[] = []): string {
  let shown = text.slice(0, MAX_INPUT);
  if (HTML.test(shown)) shown = shown.replace(HTML_UNSEEN, ' ');
  for (const secret of secrets) if (secret.length >= MIN_SECRET) shown = shown.replaceAll(secret, '***');
  shown = shown
    .replace(URLS, (url) => (URL.canParse(url) ? `${new URL(url).origin}/***` : '***'))
    .replace(EMAILS, (address) => maskAddress('email', address))
    .replace(TOKENS, '***')
    .replace(PHONES, (number) => maskAddress('sms', number));
  return cut(oneLine(shown).replace(/\s+/g, ' '), MAX_TEXT);
}
