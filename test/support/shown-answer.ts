import { isScalar, parse } from 'yaml';

/** A block of a document that shows what came. */
export interface ShownAnswer {
  readonly language: string;
  readonly text: string;
  /** Its figures depend on the day: any will do. */
  readonly figuresVary: boolean;
}

const LEFT_OUT = '…';
const ID_OR_TIME = [/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/];

/** Compares what came with what a document shows. Ids and times may be others, though the same ones throughout. */
export class AnswerComparison {
  /** What came where the document shows this id or time. */
  private known = new Map<string, string>();
  private figuresVary = false;

  /** The first difference, or nothing. */
  difference(shown: ShownAnswer, came: string): string | undefined {
    this.figuresVary = shown.figuresVary;
    if (shown.language !== 'json') return this.ofTexts(shown.text.trim(), came);
    const before = new Map(this.known);
    const difference = this.of(readShown(shown.text), parseOr(came), '$');
    if (difference !== undefined) this.known = before;
    return difference;
  }

  private ofTexts(shown: string, came: string): string | undefined {
    const pattern = shown
      .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      .replaceAll(LEFT_OUT, '[^]*?')
      .replace(/\d[\d,]*/g, (figure) => (this.figuresVary && figure !== '0' ? '\\d[\\d,]*' : figure));
    return new RegExp(pattern).test(came) ? undefined : `Not in what came: ${shown}`;
  }

  private of(shown: unknown, came: unknown, path: string): string | undefined {
    if (Array.isArray(shown)) return this.ofLists(shown, came, path);
    if (typeof shown === 'object' && shown !== null) return this.ofObjects(shown, came, path);
    const isSame =
      typeof shown === 'string' ? this.isSameText(shown, came) : shown === came || this.isFigure(shown, came);
    return isSame ? undefined : `${path}: ${JSON.stringify(shown)} is shown, ${JSON.stringify(came)} came`;
  }

  private isFigure(shown: unknown, came: unknown): boolean {
    return this.figuresVary && typeof shown === 'number' && (typeof came === 'number' || came === null);
  }

  private isSameText(shown: string, came: unknown): boolean {
    const form = ID_OR_TIME.find((pattern) => pattern.test(shown));
    if (!form || typeof came !== 'string' || !form.test(came)) return shown === came;
    if (!this.known.has(shown)) this.known.set(shown, came);
    return this.known.get(shown) === came;
  }

  private ofObjects(shown: object, came: unknown, path: string): string | undefined {
    if (typeof came !== 'object' || came === null || Array.isArray(came)) return `${path}: is no object`;
    const isWhole = !(LEFT_OUT in shown);
    const members = Object.entries(shown).filter(([name]) => name !== LEFT_OUT);
    const more = Object.keys(came).filter((name) => !(name in shown));
    if (isWhole && more.length > 0) return `${path}: ${more.join(', ')} came as well`;
    for (const [name, value] of members) {
      if (!(name in came)) return `${path}.${name}: did not come`;
      const difference = this.of(value, (came as Record<string, unknown>)[name], `${path}.${name}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }

  /** What is left out of a list may be any number of items. */
  private ofLists(shown: readonly unknown[], came: unknown, path: string): string | undefined {
    if (!Array.isArray(came)) return `${path}: is no list`;
    const [first, ...rest] = shown;
    if (first === LEFT_OUT) return this.ofRest(rest, came, path);
    if (shown.length === 0) return came.length === 0 ? undefined : `${path}: ${came.length} more items came`;
    if (came.length === 0) return `${path}: ${shown.length} more items are shown`;
    return this.of(first, came[0], `${path}[]`) ?? this.ofLists(rest, came.slice(1), path);
  }

  private ofRest(shown: readonly unknown[], came: readonly unknown[], path: string): string | undefined {
    const before = new Map(this.known);
    let difference: string | undefined;
    for (let skipped = 0; skipped <= came.length; skipped++) {
      this.known = new Map(before);
      difference = this.ofLists(shown, came.slice(skipped), path);
      if (difference === undefined) return undefined;
    }
    return difference;
  }
}

/** The flow style of YAML is JSON that takes a lonely `…` as well: among members it is a key without a value. */
function readShown(text: string): unknown {
  return parse(text, {
    uniqueKeys: (one, other) => isScalar(one) && isScalar(other) && one.value === other.value && one.value !== LEFT_OUT,
  });
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
