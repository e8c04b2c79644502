import { type Fact, textFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';

export interface HelpInput {
  readonly name: string;
  readonly roles: readonly string[];
  readonly commands: readonly { readonly usage: string; readonly summary: string }[];
  readonly unknown?: { readonly typed: string; readonly nearest?: string };
}

/** All that templates/help.json names. */
interface HelpView {
  readonly header: Header;
  readonly hasUnknown: boolean;
  readonly typed: string;
  readonly hasNearest: boolean;
  readonly nearest: string;
  readonly commands: readonly { readonly usage: string; readonly summary: string }[];
  readonly facts: readonly Fact[];
  readonly notes: readonly string[];
}

const render = template<HelpView>('help');

/** What this person can say. */
export function helpCard(v: HelpInput): Rendered {
  const title = v.unknown ? 'That is not a command' : 'What I can do for you';
  const card = render({
    header: header(title, 'emphasis'),
    hasUnknown: v.unknown !== undefined,
    typed: plain(v.unknown?.typed ?? '', 120),
    hasNearest: v.unknown?.nearest !== undefined,
    nearest: plain(v.unknown?.nearest ?? '', 60),
    commands: v.commands.slice(0, 25).map(({ usage, summary }) => ({ usage: plain(usage, 80), summary: plain(summary, 200) })),
    facts: [textFact('You are', v.name, 80), textFact('Your roles', v.roles.slice(0, 8).join(', ') || 'none')],
    notes: ['Say the words exactly, in a chat with me or in the channel with @Breakglass in front.'],
  });
  return { card, summary: title };
}
