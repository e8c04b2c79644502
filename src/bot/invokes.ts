import type { TurnContext } from 'botbuilder';
import type { Log } from '../app/log.ts';
import type { People, Writes } from '../app/ports.ts';
import type { Action, InvokeName } from './actionDef.ts';
import { answerTo, errorAnswer, type InvokeBody, messageAnswer } from './answers.ts';
import { faultSentence } from './faults.ts';
import { actorOf, objectIdOf } from './identity.ts';
import { deliveryKey, type Inbound } from './inbound.ts';
import type { Data } from './input.ts';
import type { Dress } from './outbound.ts';
import { HONOURED_HERE, whereaboutsOf } from './place.ts';
import { Recent } from './recent.ts';
import type { BotSettings } from './settings.ts';

export interface InvokeNeeds {
  readonly settings: Pick<BotSettings, 'homeTenantId' | 'teamId' | 'channelId' | 'answerWithinMs'>;
  readonly actions: ReadonlyMap<string, Action>;
  readonly people: People;
  readonly store: Pick<Writes, 'firstSight'>;
  readonly log: Log;
  readonly dress: Dress;
}

const ANSWER_WITHIN_MS = 4_500;
const MOST_ANSWERS = 500;
const STILL_WORKING = 'I am still working on this. The card will show how it ended.';
const HANDLED = 'This press was handled before. What it showed is shown once only; please press the button on the card again.';

/**
 * Answers button presses and dialogs. Always with an answer of our own: teams-ai 1.7.4 answers an unhandled invoke with an empty 501, and its
 * own Action.Execute routes may show one person's card to everybody. A repeated delivery gets the first one's answer (AU-7).
 */
export function invokes(needs: InvokeNeeds): (context: TurnContext) => Promise<void> {
  const { actions, log } = needs;
  const { answerWithinMs = ANSWER_WITHIN_MS } = needs.settings;
  const answers = new Recent<Promise<InvokeBody> | 'once'>(MOST_ANSWERS);

  return async (context) => {
    const activity = context.activity as Inbound;
    const body = await answerInvoke(activity);
    await context.sendActivity({ type: 'invokeResponse', value: { status: 200, body } });
  };

  async function answerInvoke(activity: Inbound): Promise<InvokeBody> {
    const via = activity.name ?? '';
    const { verb, data } = pressOf(via, activity.value);
    const action = verb === undefined ? undefined : actions.get(verb);
    if (!action?.via.some((name) => name === via))
      return errorAnswer(via, 404, 'not-found', 'I do not know this button. Write help to see what I can do.');
    if (whereaboutsOf(activity, needs.settings) === 'elsewhere') return messageAnswer(via, HONOURED_HERE);

    // By person and button too: whoever repeats somebody else's delivery gets an answer of their own.
    const key = [deliveryKey(activity), objectIdOf(activity), verb].join('|');
    const earlier = answers.get(key);
    if (earlier === 'once') return messageAnswer(via, HANDLED);
    const late = new AbortController();
    const work = earlier ?? begin(key, action, activity, via as InvokeName, data, late.signal);
    try {
      return await within(work, answerWithinMs, () => {
        late.abort(new Error('the time to answer is over'));
        return messageAnswer(via, STILL_WORKING);
      });
    } catch (error) {
      return errorAnswer(via, 500, 'fault', faultSentence(log, 'press.failed', error, { verb }));
    }
  }

  function begin(key: string, action: Action, ...press: [Inbound, InvokeName, Data, AbortSignal]): Promise<InvokeBody> {
    const work = perform(action, ...press);
    answers.set(key, action.once ? 'once' : work);
    const [, , , signal] = press;
    work.catch((error: unknown) => {
      // A fault is no answer to repeat: the next delivery may fare better.
      if (!action.once) answers.delete(key);
      if (signal.aborted)
        log.error('press.failed-late', { verb: action.verb, error: error instanceof Error ? error.message : String(error) });
    });
    return work;
  }

  async function perform(action: Action, activity: Inbound, via: InvokeName, data: Data, signal: AbortSignal): Promise<InvokeBody> {
    const [first, actor] = await Promise.all([
      needs.store.firstSight(deliveryKey(activity)),
      actorOf(activity, needs.settings.homeTenantId, needs.people),
    ]);
    // Handled before a restart: everything but showing a part may run again, for the door does nothing twice.
    if (!first && action.once) return messageAnswer(via, HANDLED);
    const where = whereaboutsOf(activity, needs.settings) === 'channel' ? 'channel' : 'personal';
    const pressed = await action.press(data, { actor, mri: activity.from.id, where, via, signal });
    const outcome = pressed.kind === 'refused' ? { refusal: pressed.refusal.code } : {};
    log.info('press', {
      verb: action.verb,
      actorId: actor.kind === 'person' ? actor.person.objectId : actor.kind,
      repeat: !first,
      ...outcome,
    });
    return answerTo(via, pressed, needs.dress);
  }
}

/** The verb is on the action of a card, and in the data of a dialog. Whatever is not an object or not text is no press. */
function pressOf(via: string, value: unknown): { readonly verb?: string; readonly data: Data } {
  const whole = objectOf(value);
  const action = via === 'adaptiveCard/action' ? objectOf(whole.action) : whole;
  const data = objectOf(action.data);
  const verb = via === 'adaptiveCard/action' ? action.verb : data.verb;
  return typeof verb === 'string' ? { verb, data } : { data };
}

function objectOf(value: unknown): Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The result of the work, or what to say when it takes longer; the work itself goes on. */
function within<T>(work: Promise<T>, ms: number, late: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(late()), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
