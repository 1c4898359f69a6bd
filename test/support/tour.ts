import type { ShownAnswer } from './shown-answer.js';

/** What a reader types, and what the document says will come. */
export interface TourStep {
  readonly commands: string;
  readonly answer?: ShownAnswer;
}

/** The blocks of a document, in their order: an answer belongs to the commands above it. */
export function readTour(markdown: string): TourStep[] {
  const steps: { commands: string; answer?: ShownAnswer }[] = [];
  for (const [, language = '', about = '', text = ''] of markdown.matchAll(/^```(\w+)(.*)\n([^]*?)^```$/gm)) {
    const last = steps.at(-1);
    if (language === 'sh') steps.push({ commands: text.trim() });
    else if (!last || last.answer) throw new Error(`Nobody asked for this answer: ${text}`);
    else last.answer = { language, text, figuresVary: about.trim() === 'figures vary' };
  }
  return steps;
}

/** Whether typing it again changes nothing. */
export function onlyReads({ commands }: TourStep): boolean {
  return commands.startsWith('ask ') && !commands.includes(' -d ');
}
