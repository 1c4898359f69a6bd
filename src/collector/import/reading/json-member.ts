/** Where a value stands in a text: `[start, end)`. */
export interface Span {
  start: number;
  end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Finds the value of a top-level member in the text of a JSON object that is known to be valid. Working on the text
 * keeps everything else byte for byte as it was sent (numbers beyond double precision, spacing, order). Of repeated
 * names the last counts, as in `JSON.parse`.
 */
export function findMember(json: string, name: string): Span | undefined {
  let found: Span | undefined;
  let at = skipSpace(json, json.indexOf('{') + 1);
  while (json[at] !== '}') {
    const nameEnd = endOfString(json, at);
    const start = skipSpace(json, skipSpace(json, nameEnd) + 1);
    const end = endOfValue(json, start);
    if (isName(json.slice(at, nameEnd), name)) found = { start, end };
    at = skipSpace(json, end);
    if (json[at] === ',') at = skipSpace(json, at + 1);
  }
  return found;
}

/** Adds members at the front of the text of a JSON object. */
export function prependMembers(json: string, members: Record<string, string>): string {
  const at = json.indexOf('{') + 1;
  const added = JSON.stringify(members).slice(1, -1);
  const separator = json[skipSpace(json, at)] === '}' ? '' : ',';
  return json.slice(0, at) + added + separator + json.slice(at);
}

function isName(quoted: string, name: string): boolean {
  return quoted.includes('\\') ? JSON.parse(quoted) === name : quoted.slice(1, -1) === name;
}

function skipSpace(json: string, from: number): number {
  let at = from;
  while (at < json.length && json.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    const code = json.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
}

function endOfValue(json: string, start: number): number {
  const first = json[start];
  if (first === '"') return endOfString(json, start);
  if (first === '{' || first === '[') return endOfNested(json, start);
  let at = start;
  while (!',}] \t\r\n'.includes(json[at] as string)) at += 1;
  return at;
}

function endOfNested(json: string, start: number): number {
  let depth = 0;
  for (let at = start; ; at += 1) {
    const char = json[at];
    if (char === '"') at = endOfString(json, at) - 1;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
}
