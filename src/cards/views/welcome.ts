import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';

/** All that templates/welcome.json names. */
interface WelcomeView {
  readonly header: Header;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

const render = template<WelcomeView>('welcome');

const WHAT =
  'I keep your emergency access accounts: asked for here, approved by two other people, watched day and night, checked every 90 days.';

/** Posted when the bot is added to a team. */
export function welcomeTeamCard(v: { channelIsSecurity: boolean }): Rendered {
  const lines = v.channelIsSecurity
    ? [
        WHAT,
        'Requests and alerts will appear in this channel. Approvers, custodians and owners: please also install me for yourselves, so that I can reach you.',
      ]
    : [
        WHAT,
        'This is not the security channel I am set up for, so I answer nothing here and post nothing. Ask an administrator to put its id into my settings if it should be.',
      ];
  const tone = v.channelIsSecurity ? 'accent' : 'warning';
  const notes = v.channelIsSecurity ? ['Say @Breakglass help to see what I can do.'] : [];
  return { card: render({ header: header('Breakglass is here', tone), lines, notes }), summary: 'Breakglass is here' };
}

/** Posted when a person installs the bot. */
export function welcomePersonalCard(v: { name: string }): Rendered {
  const lines = [
    `Hello ${plain(v.name, 80)}. ${WHAT}`,
    'I write to you when you must approve, keep a part of a password or a security key, or check an account.',
  ];
  const notes = ['Say help to see what I can do, or whoami to see what you may do.'];
  return { card: render({ header: header('Now I can reach you', 'good'), lines, notes }), summary: 'Breakglass can now reach you' };
}
