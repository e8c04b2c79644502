import type { Rendered } from '../cards/render.ts';
import { DRILL_MINUTES } from '../core/drill/types.ts';
import { ACCOUNT_OPERATIONS } from '../core/request/planAccount.ts';
import type { AccountForms } from './accountForms.ts';
import type { Action, ActionDef, Press } from './actionDef.ts';
import { accountRotate } from './actions/accountRotate.ts';
import { accountShow } from './actions/accountShow.ts';
import { accountSubmit } from './actions/accountSubmit.ts';
import { alertAcknowledge } from './actions/alertAcknowledge.ts';
import { alertClassify } from './actions/alertClassify.ts';
import { auditExport } from './actions/auditExport.ts';
import { caseLogs, caseReview, caseSessions } from './actions/caseStep.ts';
import { createSubmit } from './actions/createSubmit.ts';
import { drillStart } from './actions/drillStart.ts';
import { drillStop } from './actions/drillStop.ts';
import { partLost } from './actions/partLost.ts';
import { partReveal } from './actions/partReveal.ts';
import { partStored } from './actions/partStored.ts';
import { postureRepair } from './actions/postureRepair.ts';
import { requestApprove } from './actions/requestApprove.ts';
import { requestDeny } from './actions/requestDeny.ts';
import { requestEdit, requestResubmit } from './actions/requestEdit.ts';
import { requestPlan } from './actions/requestPlan.ts';
import { requestRefresh } from './actions/requestRefresh.ts';
import { requestRetry } from './actions/requestRetry.ts';
import { requestWithdraw } from './actions/requestWithdraw.ts';
import { runbookPrint } from './actions/runbookPrint.ts';
import { validationSubmit } from './actions/validationSubmit.ts';
import type { Asker, Command, CommandDef } from './commandDef.ts';
import { accountOperation } from './commands/accountOperation.ts';
import { accounts } from './commands/accounts.ts';
import { alerts } from './commands/alerts.ts';
import { audit } from './commands/audit.ts';
import { create } from './commands/create.ts';
import { drill } from './commands/drill.ts';
import { help } from './commands/help.ts';
import { posture } from './commands/posture.ts';
import { requests } from './commands/requests.ts';
import { status } from './commands/status.ts';
import { validate } from './commands/validate.ts';
import { whoami } from './commands/whoami.ts';
import type { Forms } from './forms.ts';
import { type BotNeeds, say } from './needs.ts';
import { Recent } from './recent.ts';
import { statusOf } from './status.ts';

const OPERATIONS = ACCOUNT_OPERATIONS.map(accountOperation);

/** The commands there are, in the order help lists them. */
const COMMANDS: readonly { readonly word: string; readonly usage: string; readonly summary: string }[] = [
  help,
  create,
  requests,
  accounts,
  ...OPERATIONS,
  alerts,
  posture,
  validate,
  drill,
  audit,
  status,
  whoami,
].map(({ word, usage, summary }) => ({ word, usage, summary }));

/** A card of help holds some 10 kB. */
const MOST_DRAWN = 100;

/** What help needs, as a command and for everything that is none. */
export function helpNeeds() {
  const drawn = new Recent<Rendered>(MOST_DRAWN);
  return (asker: Asker) => ({ asker, commands: COMMANDS, drawn });
}

/** Gives each command what it needs, and only that. */
export function commandTable(
  {
    store,
    tenants,
    checkAudit,
    audit: auditLinks,
    status: facts,
    decidesFrom,
    posture: judge,
    capabilities,
    random,
    drillMinutes = DRILL_MINUTES.usual,
  }: BotNeeds,
  forms: Forms,
  onAccounts: AccountForms,
  forHelp: ReturnType<typeof helpNeeds>,
): ReadonlyMap<string, Command> {
  const table = [
    bind(help, forHelp),
    bind(create, (asker) => ({ asker, tenants: tenants.list(), newForm: forms.open })),
    bind(requests, (asker) => ({ asker, store })),
    bind(accounts, (asker) => ({ asker, store })),
    ...OPERATIONS.map((operation) => bind(operation, (asker) => ({ asker, store, newForm: onAccounts.open }))),
    bind(alerts, (asker) => ({ asker, store })),
    bind(posture, (asker) => ({ asker, tenants: tenants.list(), judge, newFormId: () => random.id('F'), store })),
    bind(validate, (asker) => ({ asker, store })),
    bind(drill, (asker) => ({ asker, store, drillMinutes })),
    bind(audit, (asker) => ({ asker, check: checkAudit, links: auditLinks !== undefined })),
    bind(status, (asker) => ({
      asker,
      tenants: tenants.list(),
      capabilities,
      status: async () => statusOf(await facts(), store, tenants, capabilities),
    })),
    bind(whoami, (asker) => ({ asker, store, decidesFrom })),
  ];
  return new Map(table.map((command) => [command.word, command]));
}

/** The same for buttons. */
export function actionTable(
  { door, store, tenants, openFacts, accountFacts, openSealed, proof, runbook, audit: auditLinks }: BotNeeds,
  forms: Forms,
  onAccounts: AccountForms,
  formIsDone: (formId: string, done: Rendered) => void,
): ReadonlyMap<string, Action> {
  const editing = (asker: Asker) => ({
    asker,
    door,
    store,
    forms,
    accountForms: onAccounts,
    tenant: (id: string) => tenants.info(id),
    openFacts,
    accountFacts,
  });
  const table = [
    onPress(createSubmit, (asker) => ({
      asker,
      door,
      tenant: (id) => tenants.info(id),
      openFacts,
      formAgain: (formId, values, faults) => forms.again(asker.actor, formId, values, faults),
      formIsDone,
    })),
    onPress(accountRotate, (asker) => ({ asker, store, accountForms: onAccounts })),
    onPress(accountSubmit, (press) => ({
      asker: press,
      via: press.via,
      door,
      accountFacts,
      formAgain: (form, values, faults, place, refusal) => onAccounts.again(press.actor, form, values, faults, place, refusal),
      formIsDone,
    })),
    onPress(postureRepair, (asker) => ({ asker, door, accountFacts })),
    onPress(requestEdit, editing),
    onPress(requestResubmit, editing),
    onPress(requestApprove, (asker) => ({ asker, door, store, proof })),
    onPress(requestDeny, (asker) => ({ asker, door, store, proof })),
    onPress(requestWithdraw, (asker) => ({ asker, door, store })),
    onPress(requestRetry, (asker) => ({ asker, door, store })),
    onPress(requestPlan, (asker) => ({ asker, store })),
    onPress(requestRefresh, (asker) => ({ asker, door, store })),
    onPress(accountShow, (asker) => ({ asker, store })),
    onPress(runbookPrint, (asker) => ({ asker, door, runbook })),
    onPress(auditExport, (asker) => ({ asker, door, audit: auditLinks })),
    onPress(partReveal, (asker) => ({ asker, door, store, openSealed })),
    onPress(partStored, (asker) => ({ asker, door, store })),
    onPress(partLost, (asker) => ({ asker, door, store })),
    onPress(alertAcknowledge, (asker) => ({ asker, door, store })),
    onPress(alertClassify, (asker) => ({ asker, door, store })),
    onPress(caseSessions, (asker) => ({ asker, door, store })),
    onPress(caseLogs, (asker) => ({ asker, door, store })),
    onPress(caseReview, (asker) => ({ asker, door, store })),
    onPress(drillStart, (asker) => ({ asker, door, store })),
    onPress(drillStop, (asker) => ({ asker, door })),
    onPress(validationSubmit, (asker) => ({ asker, door, store })),
  ];
  return new Map(table.map((action) => [action.verb, action]));
}

function bind<Args, Needs>({ word, usage, summary, parse, run }: CommandDef<Args, Needs>, needsOf: (asker: Asker) => Needs): Command {
  return {
    word,
    usage,
    summary,
    async answer(rest, asker) {
      const args = parse(rest);
      return args.ok ? run(args.value, needsOf(asker)) : say(args.error);
    },
  };
}

function onPress<Args, Needs>({ verb, via, once, parse, run }: ActionDef<Args, Needs>, needsOf: (press: Press) => Needs): Action {
  return {
    verb,
    via,
    ...(once ? { once } : {}),
    async press(data, press) {
      const args = parse(data);
      return args.ok ? run(args.value, needsOf(press)) : { kind: 'refused', refusal: args.error };
    },
  };
}
