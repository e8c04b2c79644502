import { GraphFault } from './graphFault.ts';

export type Literal = string | number | boolean | null;
export type Comparison = 'eq' | 'ne' | 'ge' | 'gt' | 'le' | 'lt' | 'startswith' | 'endswith' | 'in';

/** A parsed `$filter`. `path` is the property with `/`; inside `any` it begins with the collection: `targetResources/any/id`. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly inner: Filter }
  | { readonly kind: 'compare'; readonly path: string; readonly operator: Comparison; readonly values: readonly Literal[] };

const TOKEN = /\s*(?:'((?:[^']|'')*)'|([(),:])|([^\s(),:']+(?::\d\d(?::[\d.]+)?(?:Z|[+-]\d\d:\d\d)?)*))/y;
type Token = { readonly text: string; readonly quoted: boolean };

const syntax = (detail: string): GraphFault => new GraphFault(400, 'BadRequest', `Invalid filter clause: ${detail}`);

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const position = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw syntax(`Syntax error at position ${position} in '${text}'.`);
    if (match[1] !== undefined) tokens.push({ text: match[1].replaceAll("''", "'"), quoted: true });
    else tokens.push({ text: match[2] ?? match[3] ?? '', quoted: false });
  }
  return tokens;
}

const COMPARISONS = new Set(['eq', 'ne', 'ge', 'gt', 'le', 'lt']);

/** Parses the part of OData's filter language the directory knows. Throws 400 BadRequest for anything malformed. */
export function parseFilter(text: string): Filter {
  const tokens = tokenize(text);
  let at = 0;
  const peek = (): Token | undefined => tokens[at];
  const word = (): string => {
    const token = peek();
    return token && !token.quoted ? token.text.toLowerCase() : '';
  };
  const next = (): Token => {
    const token = tokens[at++];
    if (!token) throw syntax(`Expression expected at the end of '${text}'.`);
    return token;
  };
  const expect = (wanted: string): void => {
    const token = next();
    if (token.quoted || token.text !== wanted) throw syntax(`'${wanted}' expected in '${text}'.`);
  };
  const literal = (): Literal => {
    const token = next();
    if (token.quoted) return token.text;
    if (token.text === 'true' || token.text === 'false') return token.text === 'true';
    if (token.text === 'null') return null;
    if (/^-?\d+$/.test(token.text)) return Number(token.text);
    return token.text;
  };
  const literals = (): Literal[] => {
    expect('(');
    const values = [literal()];
    while (word() === ',') {
      at += 1;
      values.push(literal());
    }
    expect(')');
    return values;
  };
  const any = (path: string): Filter => {
    expect('(');
    const variable = next().text;
    expect(':');
    const inner = or();
    expect(')');
    return within(inner, `${variable}/`, `${path}/`);
  };
  const single = (): Filter => {
    if (word() === 'not') {
      at += 1;
      return { kind: 'not', inner: single() };
    }
    if (word() === '(') {
      at += 1;
      const inner = or();
      expect(')');
      return inner;
    }
    const path = next().text;
    const called = path.toLowerCase();
    if (called === 'startswith' || called === 'endswith') {
      expect('(');
      const property = next().text;
      expect(',');
      const value = literal();
      expect(')');
      return { kind: 'compare', path: property, operator: called, values: [value] };
    }
    if (called.endsWith('/any')) return any(path);
    const operator = next().text.toLowerCase();
    if (operator === 'in') return { kind: 'compare', path, operator, values: literals() };
    if (!COMPARISONS.has(operator)) throw syntax(`A binary operator was expected, '${operator}' found in '${text}'.`);
    return { kind: 'compare', path, operator: operator as Comparison, values: [literal()] };
  };
  const chain = (joint: 'and' | 'or', operand: () => Filter): Filter => {
    let left = operand();
    while (word() === joint) {
      at += 1;
      left = { kind: joint, left, right: operand() };
    }
    return left;
  };
  const and = (): Filter => chain('and', single);
  const or = (): Filter => chain('or', and);
  const filter = or();
  if (at < tokens.length) throw syntax(`Syntax error: unexpected '${peek()?.text}' in '${text}'.`);
  return filter;
}

function within(filter: Filter, variable: string, collection: string): Filter {
  if (filter.kind === 'not') return { kind: 'not', inner: within(filter.inner, variable, collection) };
  if (filter.kind === 'compare') {
    return { ...filter, path: filter.path.startsWith(variable) ? collection + filter.path.slice(variable.length) : filter.path };
  }
  return { ...filter, left: within(filter.left, variable, collection), right: within(filter.right, variable, collection) };
}
