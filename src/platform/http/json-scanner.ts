import type { BodyLimits } from './body-limits.js';

/** How a body breaks the limits of its route. */
export type LimitBreach =
  | { readonly limit: 'maxDepth' }
  | { readonly limit: 'maxKeys' | 'maxItems' | 'maxKeysPerObject' | 'maxNodesPerElement'; readonly path: string };

/** Bytes of an unread element whose text is kept. */
const MAX_KEPT_BYTES = 16_384;

/** An element of the isolated list that breaks a limit: no value was made of it. */
export class UnreadElement {
  constructor(
    readonly breach: LimitBreach,
    /** The JSON text as it was sent, or its first 16 KiB. */
    readonly text: string,
  ) {}
}

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
const [BLANK, ZERO] = [0x20, 0x30];

/**
 * Counts depth, keys and items of JSON text in its bytes, in one pass and without making anything of them. It does not
 * check the syntax: what it counts in text that is no JSON does not matter, as the parser refuses that. An element of the
 * isolated list that breaks a limit is replaced in the bytes by a number, so that the parser never sees it.
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
  private elementStart = 0;
  private keysBefore = 0;
  private itemsBefore = 0;
  /** The breach of the current element, where it is isolated. Only brackets are counted until its end. */
  private skipped: LimitBreach | undefined;
  /** By their index in the last list of that name, as the parser takes the last. */
  readonly unread = new Map<number, UnreadElement>();

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
        const breach = this.skipped === undefined ? this.structural(code, at) : this.skip(code, at);
        if (breach && !this.isolate(breach)) return breach;
      }
    }
    return undefined;
  }

  /** An element that breaks a limit has not ended: the text is no JSON. */
  get isUnfinished(): boolean {
    return this.skipped !== undefined;
  }

  private isolate(breach: LimitBreach): boolean {
    if (breach.limit === 'maxKeys' || breach.limit === 'maxItems') return false;
    if (this.depth <= 2 || !this.isElementOfBody() || !this.isIsolatedList()) return false;
    this.skipped = breach;
    return true;
  }

  private isIsolatedList(): boolean {
    const { isolatedList } = this.limits;
    return isolatedList !== undefined && this.nameOfList() === isolatedList;
  }

  private skip(code: number, at: number): LimitBreach | undefined {
    if (code === OPEN_LIST || code === OPEN_OBJECT) this.depth++;
    else if (this.depth === 2 && (code === COMMA || code === CLOSE_LIST || code === CLOSE_OBJECT)) {
      this.endSkipped(at);
      return this.structural(code, at);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) this.depth--;
    return undefined;
  }

  private endSkipped(end: number): void {
    const start = this.elementStart;
    const text = Buffer.from(this.bytes.subarray(start, Math.min(end, start + MAX_KEPT_BYTES)));
    this.unread.set(this.element, new UnreadElement(this.skipped!, text.toString().trim()));
    this.bytes.fill(BLANK, start, end);
    this.bytes[start] = ZERO;
    this.keys = this.keysBefore;
    this.items = this.itemsBefore;
    this.skipped = undefined;
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
      this.startElement(at);
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
    const isOver = this.keys + this.items - this.keysBefore - this.itemsBefore > this.limits.maxNodesPerElement;
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
    this.startElement(at);
    if (this.isIsolatedList()) this.unread.clear();
  }

  private startElement(at: number): void {
    this.elementStart = at + 1;
    this.keysBefore = this.keys;
    this.itemsBefore = this.items;
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
    if (this.isList[1] === 1 || this.depth === 1) return '';
    const name = this.nameOfList();
    return name !== '' && this.isElementOfBody() ? `${name}[${this.element}]` : name;
  }

  private nameOfList(): string {
    if (this.nameEnd - this.nameStart > MAX_NAME_BYTES) return '';
    const end = Math.max(this.nameStart + 1, this.nameEnd - 1);
    return Buffer.from(this.bytes.subarray(this.nameStart + 1, end)).toString();
  }
}
