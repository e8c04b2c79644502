import type { EmergencyAccount } from '../../core/account/types.ts';
import { DAY } from '../../core/decision.ts';
import { CHECKLIST, openPoints, reminderStage } from '../../core/validation/schedule.ts';
import { type Fact, type Tone, textFact, timeFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { names, plain } from '../text.ts';

/** All that templates/validation.json names. */
interface ValidationView {
  readonly header: Header;
  readonly name: string;
  readonly tenant: string;
  readonly facts: readonly Fact[];
  readonly canSubmit: boolean;
  readonly ask: string;
  readonly points: typeof CHECKLIST;
  readonly notes: readonly string[];
  readonly id: string;
}

const render = template<ValidationView>('validation');

/**
 * A reminder to validate, with the checklist behind one button; or, once it is validated, that it is.
 *
 * @param variant the stage the reminder was posted for (`14`, `7`, `1`, `0`, `-1`, …); what it says follows the time it is drawn at.
 *   Without one the card was asked for: the checklist is there whenever it was not done within the last day
 */
export function validationCard(account: EmergencyAccount, now: Date, variant?: string): Rendered {
  const stage = account.validationDueAt ? reminderStage(account.validationDueAt, now) : undefined;
  const { validatedAt } = account;
  const fresh = validatedAt !== undefined && now.getTime() - validatedAt.getTime() < DAY;
  const done = stage === undefined && validatedAt !== undefined && (variant !== undefined || fresh);
  const said = done ? DONE : words(stage ?? (variant !== undefined && /^-?\d{1,5}$/.test(variant) ? Number(variant) : undefined));
  const view: ValidationView = {
    header: header(said.title, said.tone, said.state),
    name: plain(account.userPrincipalName),
    tenant: plain(account.tenantName, 80),
    facts: factsOf(account, done),
    canSubmit: !done,
    ask: 'Check that the account would work tonight: follow the written procedure, sign in once, then record it here.',
    points: openPoints(account),
    notes: done
      ? []
      : [
          ...(openPoints(account).length < CHECKLIST.length
            ? ['The drill that passed speaks for the telling beforehand and for the alerts.']
            : []),
          'Only an owner can record it. The sign-in will raise an alert: that is part of the check.',
        ],
    id: plain(account.id, 40),
  };
  return { card: render(view), summary: plain(`${said.title}: ${account.userPrincipalName}`, 200) };
}

interface Said {
  readonly title: string;
  readonly tone: Tone;
  readonly state: string;
}

const DONE: Said = { title: 'Validated', tone: 'good', state: 'The account was checked and works' };

function words(stage: number | undefined): Said {
  if (stage === undefined)
    return { title: 'Validate an emergency access account', tone: 'emphasis', state: 'Not due yet; checking earlier is fine' };
  if (stage > 0)
    return {
      title: `Validation due ${stage === 1 ? 'tomorrow' : `in ${stage} days`}`,
      tone: stage === 1 ? 'warning' : 'accent',
      state: '',
    };
  if (stage === 0) return { title: 'Validation due today', tone: 'warning', state: 'From now on the channel is reminded too' };
  const days = stage === -1 ? '1 day' : `${-stage} days`;
  return { title: `Validation overdue by ${days}`, tone: 'attention', state: 'Nobody knows whether this account still works' };
}

const DRILLS = { passed: 'Drill passed', failed: 'Drill failed', stopped: 'Drill stopped' } as const;

function factsOf(account: EmergencyAccount, done: boolean): Fact[] {
  return [
    ...(done || !account.validationDueAt ? [] : [timeFact('Due', account.validationDueAt)]),
    ...(account.validatedAt
      ? [timeFact(done ? 'Validated' : 'Last validated', account.validatedAt)]
      : [textFact('Last validated', 'never')]),
    ...(done || !account.drill ? [] : [timeFact(DRILLS[account.drill.result], account.drill.at)]),
    ...(account.validatedBy ? [textFact('By', account.validatedBy.name, 80)] : []),
    ...(done && account.validationNote ? [textFact('Note', account.validationNote, 400)] : []),
    ...(done && account.validationDueAt ? [timeFact('Next due', account.validationDueAt)] : []),
    textFact('Owners', names(account.owners, 6)),
  ];
}
