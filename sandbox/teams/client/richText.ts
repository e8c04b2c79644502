import { add, h } from './dom.ts';

/**
 * The little Markdown Teams' cards and bot messages use (bold, italic, code, links, lists, mentions), drawn as nodes: whatever else
 * stands in the text, HTML too, stays text.
 */
export function richText(text: string): DocumentFragment {
  const whole = document.createDocumentFragment();
  let list: HTMLElement | undefined;
  let previousWasText = false;
  for (const line of text.replaceAll('&nbsp;', ' ').split(/\r?\n/)) {
    const item = /^\s*(?:[-*]|(\d+)\.)\s+(.*)$/.exec(line);
    if (item !== null) {
      const tag = item[1] === undefined ? 'UL' : 'OL';
      if (list?.tagName !== tag) {
        list = h(tag.toLowerCase());
        whole.append(list);
      }
      list.append(h('li', {}, inline(item[2] ?? '')));
      previousWasText = false;
      continue;
    }
    list = undefined;
    if (previousWasText) whole.append(h('br'));
    whole.append(inline(line));
    previousWasText = true;
  }
  return whole;
}

const INLINE = /\*\*(.+?)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|<at>(.+?)<\/at>|\b_([^_]+)_\b|\*([^*\s][^*]*)\*/;
const ESCAPED = /\\([\\`*_{}[\]()#+\-.!<>~|])/g;

function inline(text: string): DocumentFragment {
  const whole = document.createDocumentFragment();
  // A backslash takes a sign its meaning: hide such signs from the pattern, put them back as plain text.
  const hidden: string[] = [];
  let rest = text.replace(ESCAPED, (_all, sign: string) => String.fromCharCode(0xe000 + hidden.push(sign) - 1));
  const shown = (part: string): string => part.replace(/[\ue000-\uf8ff]/g, (mark) => hidden[mark.charCodeAt(0) - 0xe000] ?? mark);
  for (let match = INLINE.exec(rest); match !== null; match = INLINE.exec(rest)) {
    const [all, bold, code, label, href, mention, italic, starred] = match;
    const slanted = italic ?? starred;
    add(whole, [
      shown(rest.slice(0, match.index)),
      bold !== undefined && h('strong', {}, shown(bold)),
      code !== undefined && h('code', {}, shown(code)),
      label !== undefined && link(shown(label), shown(href ?? '')),
      mention !== undefined && h('span.mention', {}, shown(mention)),
      slanted !== undefined && h('em', {}, shown(slanted)),
    ]);
    rest = rest.slice(match.index + all.length);
  }
  add(whole, [shown(rest)]);
  return whole;
}

function link(label: string, href: string): Node {
  if (!/^https?:\/\//i.test(href)) return document.createTextNode(label);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, label);
}
