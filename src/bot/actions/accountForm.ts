import type { FieldFault, Refusal } from '../../core/refusal.ts';
import type { AccountForm } from '../../core/request/openAccount.ts';
import { ACCOUNT_OPERATIONS, type AccountOperation } from '../../core/request/planAccount.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { asTyped, type Data, idFrom, typed, typedList } from '../input.ts';

/** What was typed into a form on an account, to be put back into it. */
export interface AccountValues {
  readonly reason: string;
  readonly custodians: string;
  readonly leaving: string;
  readonly fewer: string;
  readonly credential?: string;
}

export interface ReadAccountForm {
  readonly form: AccountForm;
  readonly faults: readonly FieldFault[];
  readonly values: AccountValues;
}

/** Which form on which account: `F-…:rotate:EA-…`. It says what was on screen and gives no right (AP-10). */
export const accountFormId = (formId: string, operation: AccountOperation, accountId: string): string =>
  `${formId}:${operation}:${accountId}`;

/** Reads a form on an account. Refusal `not-found` only when it is no form of ours. */
export function readAccountForm(data: Data): Result<ReadAccountForm, Refusal> {
  const id = idFrom(data, 'form');
  if (!id.ok) return id;
  const [formId = '', operation = '', accountId = '', ...rest] = id.value.split(':');
  if (formId === '' || accountId === '' || rest.length > 0 || !isOperation(operation)) return no({ code: 'not-found', what: 'form' });
  return ok(readAccountFields(data, { formId, operation, accountId }));
}

/** The fields alone, for a form whose request is known. */
export function readAccountFields(data: Data, which: Pick<AccountForm, 'formId' | 'operation' | 'accountId'>): ReadAccountForm {
  const faults: FieldFault[] = [];
  const take = <T>(read: Result<T, FieldFault>, otherwise: T): T => {
    if (read.ok) return read.value;
    faults.push(read.error);
    return otherwise;
  };
  const custodians = take<readonly string[]>(typedList(data, 'custodians', 256), []).map((each) => each.toLowerCase());
  const leaving = take(typed(data, 'leaving', 64), '').toLowerCase();
  const reason = take(typed(data, 'reason', 1_000), '');
  const fewer = take(typed(data, 'fewer', 8), '') === 'true';
  const credential = take(typed(data, 'credential', 32), '').toLowerCase();
  const unread = Object.fromEntries(faults.map(({ field }) => [field, asTyped(data, field)]));
  return {
    form: { ...which, reason, custodians, leaving, fewer, ...(credential === '' ? {} : { credential }) },
    faults,
    values: {
      reason,
      custodians: custodians.join(','),
      leaving,
      fewer: String(fewer),
      ...(credential === '' ? {} : { credential }),
      ...unread,
    },
  };
}

const isOperation = (text: string): text is AccountOperation => ACCOUNT_OPERATIONS.some((operation) => operation === text);
