/** Line breaks and control characters could start a header; characters that turn the text around could hide what it says. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;
const ELLIPSIS = '...';

/** Text from a user as one line that shows everything it holds. */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, ' ').trim();
}

/**
 * At most `length` UTF-16 units, with three full stops where something was cut: the character … would double what an SMS
 * costs. Never half a surrogate pair.
 */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text
    .slice(0, Math.max(0, length - ELLIPSIS.length))
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}${ELLIPSIS}`;
}
