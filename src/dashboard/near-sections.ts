import type { KeptSection } from './kept-section.js';

/** How long a process goes by its own copy before it looks at the shared one: no longer do two processes differ. */
export const NEAR_MS = 1_000;
/** Sections that are looked at within a second; more of them are read from the shared cache. */
const MAX_NEAR = 200;

/** Copies of the shared sections in this process, so that a busy dashboard costs neither a way to the cache nor JSON. */
export class NearSections {
  private readonly copies = new Map<string, { readonly section: KeptSection; readonly until: number }>();

  get(key: string, nowMs: number): KeptSection | undefined {
    const copy = this.copies.get(key);
    if (copy === undefined) return undefined;
    if (nowMs < copy.until) return copy.section;
    this.copies.delete(key);
    return undefined;
  }

  keep(key: string, section: KeptSection, nowMs: number): void {
    const [oldest] = this.copies.keys();
    if (this.copies.size >= MAX_NEAR && oldest !== undefined) this.copies.delete(oldest);
    this.copies.set(key, { section, until: nowMs + NEAR_MS });
  }

  drop(key: string): void {
    this.copies.delete(key);
  }
}
