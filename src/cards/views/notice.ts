import type { Tone } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { inert, plain } from '../text.ts';

/** All that templates/notice.json names. */
interface NoticeView {
  readonly header: Header;
  readonly text: string;
}

const render = template<NoticeView>('notice');
const TONES: { readonly [T in 'good' | 'attention' | 'neutral']: Tone } = { good: 'good', attention: 'attention', neutral: 'emphasis' };

/** @param v `title` is a heading, where Markdown could act: it is made inert; `text` may be anybody's */
export function noticeCard(v: { title: string; text: string; tone: 'good' | 'attention' | 'neutral' }): Rendered {
  const title = inert(v.title, 120);
  return { card: render({ header: header(title, TONES[v.tone]), text: plain(v.text, 1500) }), summary: plain(`${title}: ${v.text}`, 200) };
}
