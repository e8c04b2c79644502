import type { ChangeConcern, DirectoryChange } from '../core/alert/change.ts';
import type { AlertCause } from '../core/alert/types.ts';

export type ChangeCause = Extract<AlertCause, { kind: 'directory-change' }>;

interface Words {
  /** What was done. */
  readonly done: string;
  /** The same, where it did not come to pass. */
  readonly tried: string;
  readonly next: string;
}

const ASK = 'Ask the owners whether this was meant.';
const REPAIR = 'If nobody of yours did it: undo it in Entra, now, and find out who has the rights of the one who did.';

const WORDS: { readonly [C in ChangeConcern]: Words } = {
  'by-account': {
    done: 'An emergency access account changed something',
    tried: 'An emergency access account tried to change something',
    next: 'Ask the owners who is using it and for what. If nobody knows: revoke its sessions and disable it in Entra, now.',
  },
  methods: {
    done: 'Sign-in methods of an emergency access account changed',
    tried: 'Somebody tried to change sign-in methods of an emergency access account',
    next: `A method of somebody else’s opens the account for them. ${ASK} ${REPAIR}`,
  },
  roles: {
    done: 'Roles of an emergency access account changed',
    tried: 'Somebody tried to change roles of an emergency access account',
    next: `Without its role the account cannot help. ${ASK} ${REPAIR}`,
  },
  'exclusion-group': {
    done: 'The group that policies exclude changed',
    tried: 'Somebody tried to change the group that policies exclude',
    next: 'Only emergency access accounts belong in it: whoever else is in it signs in past every policy. Compare its members with accounts, and put it right today.',
  },
  'restricted-unit': {
    done: 'A restricted management unit changed',
    tried: 'Somebody tried to change a restricted management unit',
    next: `It keeps other administrators from changing the accounts. ${ASK} ${REPAIR}`,
  },
  account: {
    done: 'An emergency access account was changed',
    tried: 'Somebody tried to change an emergency access account',
    next: `${ASK} ${REPAIR} Then validate the account: it may not open any more.`,
  },
  membership: {
    done: 'Groups of an emergency access account changed',
    tried: 'Somebody tried to change groups of an emergency access account',
    next: `Policies and rights reach it through groups. ${ASK} ${REPAIR}`,
  },
  'conditional-access': {
    done: 'A Conditional Access policy changed',
    tried: 'Somebody tried to change a Conditional Access policy',
    next: 'Look at the policy in Entra: it must still exclude the emergency access accounts.',
  },
  monitoring: {
    done: 'What raises alerts was changed',
    tried: 'Somebody tried to change what raises alerts',
    next: 'Without it a sign-in may stay unseen. Ask whoever looks after monitoring; if nobody meant it, put it back today and read the logs since.',
  },
};

/** Activities that say more than their concern does (domain.md 5.5), compared without case. */
const ACTIVITIES: readonly { readonly activity: RegExp; readonly concern: ChangeConcern; readonly words: Partial<Words> }[] = [
  {
    activity: /^(?:re|change )?set (?:user )?password|^reset (?:user )?password|^change (?:user )?password/i,
    concern: 'account',
    words: {
      done: 'The password of an emergency access account was changed',
      next: `The parts in the safes do not open it any more. ${ASK} ${REPAIR}`,
    },
  },
  {
    activity: /^disable account/i,
    concern: 'account',
    words: {
      done: 'An emergency access account was disabled',
      next: `Nobody can use it now. ${ASK} ${REPAIR}`,
    },
  },
  {
    activity: /^(?:hard )?delete user/i,
    concern: 'account',
    words: {
      done: 'An emergency access account was deleted',
      next: `For 30 days it can be restored in Entra, among deleted users. ${ASK} ${REPAIR}`,
    },
  },
  {
    activity: /authentication methods policy/i,
    concern: 'methods',
    words: {
      done: 'Which sign-in methods may be used has changed',
      next: 'Check in Entra that the security keys of the emergency access accounts are still allowed, and try one today.',
    },
  },
  {
    activity: /named location/i,
    concern: 'conditional-access',
    words: { done: 'A named location of Conditional Access changed' },
  },
  {
    activity: /diagnosticsettings\/(?:write|action)$/i,
    concern: 'monitoring',
    words: {
      done: 'Where logs are sent to was changed',
      tried: 'Somebody tried to change where logs are sent to',
      next: 'Look at the diagnostic setting in Azure: sign-ins and audits must still go where alerts are made from. If nobody meant it, put it back today and read the logs since.',
    },
  },
  {
    activity: /diagnosticsettings\/delete$/i,
    concern: 'monitoring',
    words: {
      done: 'A diagnostic setting was deleted',
      tried: 'Somebody tried to delete a diagnostic setting',
      next: 'Its logs go nowhere now, and alerts made from them stay away. Make it again today, and read the sign-in log in Entra for the time without it.',
    },
  },
  {
    activity: /actiongroups\/(?:write|action)$/i,
    concern: 'monitoring',
    words: {
      done: 'Who is told of alerts was changed',
      tried: 'Somebody tried to change who is told of alerts',
      next: 'Look at the action group in Azure: it must still call Breakglass and the people on duty. Test it there.',
    },
  },
  {
    activity: /actiongroups\/delete$/i,
    concern: 'monitoring',
    words: {
      done: 'An action group was deleted',
      tried: 'Somebody tried to delete an action group',
      next: 'Its alert rules tell nobody any more. Make it again today, and test it in Azure.',
    },
  },
  {
    activity: /alertsmanagement\/\w*rules\/\w+$|automationrules\/\w+$/i,
    concern: 'monitoring',
    words: {
      done: 'A rule that can hold alerts back was changed',
      tried: 'Somebody tried to change a rule that can hold alerts back',
      next: 'Look at it in Azure: it must not suppress alerts about emergency access accounts, nor send them elsewhere.',
    },
  },
  {
    activity: /(?:alertrules|metricalerts|activitylogalerts|scheduledqueryrules)\/(?:write|action)$/i,
    concern: 'monitoring',
    words: {
      done: 'An alert rule was changed',
      tried: 'Somebody tried to change an alert rule',
      next: 'Look at it in Azure: it must be on, and still name every emergency access account. If nobody meant it, put it back today.',
    },
  },
  {
    activity: /(?:alertrules|metricalerts|activitylogalerts|scheduledqueryrules)\/delete$/i,
    concern: 'monitoring',
    words: {
      done: 'An alert rule was deleted',
      tried: 'Somebody tried to delete an alert rule',
      next: 'What it watched for stays unseen there. Make it again today, and read the logs for the time without it.',
    },
  },
  {
    activity: /(?:operationalinsights\/workspaces|eventhub\/namespaces)(?:\/\w+)*\/delete$/i,
    concern: 'monitoring',
    words: {
      done: 'Where logs are kept was deleted',
      tried: 'Somebody tried to delete where logs are kept',
      next: 'Alerts made from these logs stay away. Azure can bring a workspace back for 14 days; then look at what else was done.',
    },
  },
  {
    activity: /^delete conditional access policy/i,
    concern: 'conditional-access',
    words: { done: 'A Conditional Access policy was deleted', next: 'Ask whoever looks after policies whether this was meant.' },
  },
];

const LOST: Partial<Words> = {
  done: 'A policy does not exclude an emergency access account any more',
  next: 'It may block the account when it is needed. Exclude the group again in Entra, today, and ask who did this and why.',
};

/** Title and advice for a change. */
export function changeWords({ change, concern, exclusionLost, origin }: ChangeCause): { readonly title: string; readonly next: string } {
  const special = ACTIVITIES.find((each) => each.concern === concern && each.activity.test(change.activity))?.words;
  const words = { ...WORDS[concern], ...special, ...(exclusionLost ? LOST : {}) };
  const title = change.result === 'failure' ? words.tried : words.done;
  if (origin.by === 'request') {
    return {
      // It says nothing of how far the request came: it may have stopped since, and what takes it back is written by it as well.
      title: 'Breakglass wrote in the tenant, by an approved request',
      next: 'Nothing is to be done about this. What the tenant’s audit log says is listed here, to be compared with the plan; how far the request came stands on its card.',
    };
  }
  if (origin.by === 'changer') {
    return {
      title,
      next: `Somebody may hold the identity with which Breakglass changes the tenant. Take its credential away in Entra, now, then look at what it did. ${words.next}`,
    };
  }
  return { title, next: words.next };
}

/** Who did it, as far as the log tells. */
export function actorWords({ actor }: DirectoryChange): string {
  const who = actor.userPrincipalName ?? actor.name;
  if (who !== undefined && actor.userPrincipalName !== undefined && actor.name !== undefined && actor.name !== who)
    return `${actor.name} (${who})`;
  if (who !== undefined) return actor.userId === undefined ? `${who} (app)` : who;
  return actor.userId ?? actor.servicePrincipalId ?? actor.appId ?? 'The log does not say';
}
