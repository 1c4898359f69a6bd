import type { BodyLimits } from './body-limits.js';

/** How a body breaks the limits of its route. */
export type LimitBreach =
  | { readonly limit: 'maxDepth' }
  | { readonly limit: 'maxKeys' | 'maxItems' | 'maxKeysPerObject' | 'maxNodesPerElement'; readonly path: string };

/** A list of the body's object that is long enough to be parsed in pieces; positions are of bytes. */
export interface LongList {
  /** The quoted name of the list. */
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Of its brackets. */
  readonly open: number;
  readonly close: number;
  /** Of commas between its elements, about `PIECE_BYTES` apart. */
  readonly cuts: readonly number[];
}

/** A piece of this size is parsed within a few milliseconds, whatever stands in it. */
export const PIECE_BYTES = 131_072;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Everything that is not a structural character is above or between these. */
const MAX_NAME_BYTES = 300;

/**
 * Counts depth, keys and items of JSON text in its bytes, in one pass and without making anything of them. It does not
 * check the syntax: what it counts in text that is no JSON does not matter, as the parser refuses that.
 */
export class JsonScanner {
  keys = 0;
  items = 0;
  longList: LongList | undefined;
  private depth = 0;
  private inString = false;
  /** The character after a backslash, where a slice ends between them. */
  private isEscaped = false;
  private readonly isList: Uint8Array;
  private readonly objectKeys: Uint32Array;
  /** The last string at the top level: where a value follows, its name. */
  private nameStart = 0;
  private nameEnd = 0;
  private open = 0;
  private cuts: number[] = [];
  private lastCut = 0;
  /** Of the list at depth 2: elements that are over, and how many keys and items there were before the current one. */
  private element = 0;
  private nodesBefore = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly limits: BodyLimits,
  ) {
    this.isList = new Uint8Array(limits.maxDepth + 2);
    this.objectKeys = new Uint32Array(limits.maxDepth + 2);
  }

  /** Goes on from `start` to `end`; `undefined` as long as all is within the limits. */
  scan(start: number, end: number): LimitBreach | undefined {
    const { bytes } = this;
    for (let at = this.inString ? this.endOfString(start, end) + 1 : start; at < end; at++) {
      const code = bytes[at]!;
      if (code === QUOTE) at = this.enterString(at, end);
      else if (code === COMMA || code === COLON || code > 0x5a) {
        const breach = this.structural(code, at);
        if (breach) return breach;
      }
    }
    return undefined;
  }

  /** Where the string that began at `at` ends, or `end`. */
  private enterString(at: number, end: number): number {
    if (this.depth === 1) this.nameStart = at;
    this.inString = true;
    return this.endOfString(at + 1, end);
  }

  private endOfString(start: number, end: number): number {
    const { bytes } = this;
    let at = start;
    if (this.isEscaped && at < end) {
      this.isEscaped = false;
      at++;
    }
    for (; at < end; at++) {
      const code = bytes[at]!;
      if (code === QUOTE) {
        this.inString = false;
        if (this.depth === 1) this.nameEnd = at + 1;
        return at;
      }
      if (code === BACKSLASH) at++;
    }
    this.isEscaped = at > end;
    return end;
  }

  private structural(code: number, at: number): LimitBreach | undefined {
    switch (code) {
      case COMMA:
        return this.isList[this.depth] === 1 ? this.nextItem(at) : undefined;
      case COLON:
        return this.nextKey();
      case OPEN_LIST:
        return this.enter(1, at);
      case OPEN_OBJECT:
        return this.enter(0, at);
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        this.leave(code, at);
        return undefined;
      default:
        return undefined;
    }
  }

  private nextItem(at: number): LimitBreach | undefined {
    if (this.depth === 2 && this.isElementOfBody()) {
      this.element++;
      this.nodesBefore = this.keys + this.items;
      if (at - this.lastCut >= PIECE_BYTES) {
        this.cuts.push(at);
        this.lastCut = at;
      }
    }
    return ++this.items > this.limits.maxItems ? this.breach('maxItems') : this.checkElement();
  }

  private nextKey(): LimitBreach | undefined {
    if (++this.keys > this.limits.maxKeys) return this.breach('maxKeys');
    if (++this.objectKeys[this.depth]! > this.limits.maxKeysPerObject) return this.breach('maxKeysPerObject');
    return this.checkElement();
  }

  private checkElement(): LimitBreach | undefined {
    const isOver = this.keys + this.items - this.nodesBefore > this.limits.maxNodesPerElement;
    return isOver && this.depth >= 2 && this.isElementOfBody() ? this.breach('maxNodesPerElement') : undefined;
  }

  private enter(isList: 0 | 1, at: number): LimitBreach | undefined {
    if (++this.depth > this.limits.maxDepth) return { limit: 'maxDepth' };
    this.isList[this.depth] = isList;
    this.objectKeys[this.depth] = 0;
    if (isList === 0) return undefined;
    if (this.depth === 2) this.startList(at);
    // Its first item, which no comma precedes; an empty list counts as one as well.
    return ++this.items > this.limits.maxItems ? this.breach('maxItems') : undefined;
  }

  private startList(at: number): void {
    this.open = at;
    this.lastCut = at;
    this.cuts = [];
    this.element = 0;
    this.nodesBefore = this.keys + this.items;
  }

  private leave(code: number, at: number): void {
    if (this.depth === 2 && code === CLOSE_LIST && this.isElementOfBody() && this.cuts.length > 0) {
      const { nameStart, nameEnd, open, cuts } = this;
      this.longList ??= { nameStart, nameEnd, open, close: at, cuts };
    }
    this.depth = Math.max(0, this.depth - 1);
  }

  /** Whether depth 2 is a list that stands directly in the object of the body. */
  private isElementOfBody(): boolean {
    return this.isList[1] === 0 && this.isList[2] === 1;
  }

  private breach(limit: Exclude<LimitBreach['limit'], 'maxDepth'>): LimitBreach {
    return { limit, path: this.depth >= 1 ? this.pathOfElement() : '' };
  }

  /** `events[3]`: as deep as is known without keeping every name. */
  private pathOfElement(): string {
    if (this.isList[1] === 1 || this.nameEnd - this.nameStart > MAX_NAME_BYTES) return '';
    const name = Buffer.from(this.bytes.subarray(this.nameStart + 1, Math.max(this.nameStart + 1, this.nameEnd - 1)));
    if (this.depth === 1) return '';
    return this.isElementOfBody() ? `${name.toString()}[${this.element}]` : name.toString();
  }
}
