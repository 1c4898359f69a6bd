import { Eta } from 'eta';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./templates/', import.meta.url));

export type Subject = 'alert' | 'digest';
export type TemplatePart = 'title' | 'text' | 'html' | 'slack' | 'sms' | 'inbox';
const SUBJECTS: readonly Subject[] = ['alert', 'digest'];
const PARTS: readonly TemplatePart[] = ['title', 'text', 'html', 'slack', 'sms', 'inbox'];

/** What each part has to escape so that nothing in a name is taken for markup. */
const ESCAPES: Readonly<Record<TemplatePart, (text: string) => string>> = {
  title: asItIs,
  text: asItIs,
  sms: asItIs,
  inbox: asItIs,
  html: escapeHtml,
  slack: escapeSlack,
};

/** The messages as files: `templates/<subject>.<part>.eta`, written with Eta. A missing or broken one stops the start. */
export class Templates {
  private readonly engines = new Map(PARTS.map((part) => [part, engineOf(part)]));

  constructor() {
    for (const subject of SUBJECTS) {
      for (const part of PARTS)
        this.engine(part).compile(this.engine(part).readFile(`${FOLDER}${subject}.${part}.eta`));
    }
  }

  render(subject: Subject, part: TemplatePart, view: object): string {
    return this.engine(part).render(`${subject}.${part}.eta`, view).trim();
  }

  private engine(part: TemplatePart): Eta {
    return this.engines.get(part)!;
  }
}

function engineOf(part: TemplatePart): Eta {
  return new Eta({
    views: FOLDER,
    cache: true,
    autoEscape: true,
    escapeFunction: (value: unknown) => ESCAPES[part](String(value)),
    // A line that holds a tag only leaves no empty line behind.
    autoTrim: [false, 'nl'],
  });
}

function asItIs(text: string): string {
  return text;
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character]!);
}

/** Slack reads these three; escaped, neither a link nor a mention of everybody can be written. */
export function escapeSlack(text: string): string {
  return text.replace(/[&<>]/g, (character) => HTML_ENTITIES[character]!);
}
