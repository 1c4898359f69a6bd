/** Line breaks and control characters could start a header; characters that turn the text around could hide what it says. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** A text that somebody wrote, as one line that shows everything it holds. */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, ' ').trim();
}

/** At most `length` characters; the last one is … where something was cut. Never half a surrogate pair. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text
    .slice(0, Math.max(0, length - 1))
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}…`;
}
