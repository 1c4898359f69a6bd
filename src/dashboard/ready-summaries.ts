import type { SectionName } from './domain/section.js';
import type { KeptSection } from './kept-section.js';
import { summaryOf, type Summary } from './summary.js';

interface Ready {
  readonly sections: readonly KeptSection[];
  readonly summary: Summary;
}

/** Answers from cached sections, put together once: the same sections make the same bytes. They go when these go. */
export class ReadySummaries {
  private readonly known = new WeakMap<KeptSection, Map<string, Ready>>();

  /** @param sections those of `names`, in that order; at least one */
  of(names: readonly SectionName[], sections: readonly KeptSection[]): Summary {
    const combinations = this.startingWith(sections[0]!);
    const combination = names.join();
    const ready = combinations.get(combination);
    if (ready?.sections.every((section, index) => section === sections[index])) return ready.summary;
    const outcomes = sections.map((section, index) => ({ name: names[index]!, section, cached: true }));
    const summary = summaryOf(outcomes);
    combinations.set(combination, { sections, summary });
    return summary;
  }

  private startingWith(section: KeptSection): Map<string, Ready> {
    const known = this.known.get(section);
    if (known) return known;
    const combinations = new Map<string, Ready>();
    this.known.set(section, combinations);
    return combinations;
  }
}
