import { SETTINGS, type Setting } from './settings.js';

const START = '<!-- config:start -->';
const END = '<!-- config:end -->';

/** The whole `.env.example`: every variable, commented out, with its default. */
export function envExample(): string {
  const head = '# Written by `npm run config:docs` from src/platform/config/settings.ts. Copy to .env and uncomment.\n';
  const groups = groupsOf().map(([group, settings]) => {
    const entries = settings.map(([name, setting]) => `${commentOf(setting)}\n# ${name}=${setting.fallback ?? ''}\n`);
    return `\n# ---- ${group} ----\n\n${entries.join('\n')}`;
  });
  return head + groups.join('');
}

/** A README with the table between its markers brought up to date; `undefined` when it has no markers. */
export function withTable(readme: string): string | undefined {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) return undefined;
  return `${readme.slice(0, start)}${START}\n\n${markdownTable()}\n${readme.slice(end)}`;
}

function markdownTable(): string {
  const rows = groupsOf().flatMap(([group, settings]) => [
    [`**${group}**`, '', ''],
    ...settings.map(([name, setting]) => [`\`${name}\``, defaultOf(setting), descriptionOf(setting)]),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0), 8));
  const line = (cells: string[]): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |\n`;
  const rule = widths.map((width) => '-'.repeat(width));
  return line(['Variable', 'Default', 'Meaning']) + line(rule) + rows.map(line).join('');
}

function groupsOf(): [string, [string, Setting][]][] {
  const entries = Object.entries(SETTINGS) as [string, Setting][];
  const names = [...new Set(entries.map(([, { group }]) => group))];
  return names.map((name) => [name, entries.filter(([, { group }]) => group === name)]);
}

function commentOf(setting: Setting): string {
  const note = setting.fallbackNote ? ` Default: ${setting.fallbackNote}.` : '';
  return `# ${descriptionOf(setting)}${note}`.replaceAll('`', '');
}

function descriptionOf({ description, unit, type }: Setting): string {
  return `${description} ${capitalised(type.allowed)}${unit ? ` (${unit})` : ''}.`;
}

function defaultOf({ fallback, fallbackNote }: Setting): string {
  if (fallbackNote !== undefined) return fallbackNote;
  return fallback ? `\`${fallback}\`` : 'none';
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
