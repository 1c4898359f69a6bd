/** Anything that looks like `scheme://user:password@`, as far as it can stand in a JSON string. */
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:@/"\\]*):[^\s/"\\]+@/gi;
/** The three parts of a JWT; the first always starts with `{"`, which is `eyJ` in base64url. */
const JSON_WEB_TOKEN = /eyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g;
const BEARER = /\b(bearer|basic) +[\w.~+/=-]{8,}/gi;
/** Members whose name says that their value is secret, in JSON and in key=value texts. */
const SECRET_MEMBER =
  /("?\b[\w-]*(?:password|secret|authorization|api_?key|auth_?token|access_?token|cookie)"?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^\s",}&]+)/gi;

/**
 * A log line without passwords in URLs, tokens, and values under names that say they are secret. Works on the finished
 * line, so that it holds for messages and stack traces of libraries as well.
 */
export function withoutSecrets(line: string): string {
  return line
    .replace(URL_PASSWORD, '$1:***@')
    .replace(JSON_WEB_TOKEN, '[token]')
    .replace(BEARER, '$1 ***')
    .replace(
      SECRET_MEMBER,
      (_match, name: string, value: string) => `${name}${value.startsWith('"') ? '"***"' : '***'}`,
    );
}
