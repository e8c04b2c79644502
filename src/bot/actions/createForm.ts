import type { FieldFault, Refusal } from '../../core/refusal.ts';
import type { CreateForm } from '../../core/request/open.ts';
import { ok, type Result } from '../../core/result.ts';
import { asTyped, type Data, idFrom, typed, typedList } from '../input.ts';
import type { FormValues } from './createSubmit.ts';

const CREDENTIALS: Readonly<Record<string, string>> = { password: 'split-password', split: 'split-password' };
/** What the form itself allows; the rules of the core may allow less, and say so with the reason. */
const LONGEST = { tenantId: 64, userName: 256, displayName: 256, usageLocation: 16, credential: 32, reason: 1_000, person: 256 } as const;

/**
 * Reads the create form. A field that is not text is a fault of that field, so that the form can come back with it.
 *
 * @returns refusal `not-found` only when it is no form of ours
 */
export function readCreateForm(data: Data): Result<{ form: CreateForm; faults: readonly FieldFault[]; values: FormValues }, Refusal> {
  const formId = idFrom(data, 'form');
  return formId.ok ? ok(readCreateFields(data, formId.value)) : formId;
}

/** The fields alone, for a form whose request is known. */
export function readCreateFields(data: Data, formId: string): { form: CreateForm; faults: readonly FieldFault[]; values: FormValues } {
  const faults: FieldFault[] = [];
  const take = <T>(read: Result<T, FieldFault>, otherwise: T): T => {
    if (read.ok) return read.value;
    faults.push(read.error);
    return otherwise;
  };
  const text = (field: Exclude<keyof typeof LONGEST, 'person'>): string => take(typed(data, field, LONGEST[field]), '');
  const people = (field: 'custodians' | 'owners'): readonly string[] =>
    take<readonly string[]>(typedList(data, field, LONGEST.person), []).map((id) => id.toLowerCase());

  const credential = text('credential').toLowerCase();
  const form: CreateForm = {
    formId,
    tenantId: text('tenantId').toLowerCase(),
    userName: text('userName'),
    displayName: text('displayName'),
    usageLocation: text('usageLocation').toUpperCase(),
    credential: CREDENTIALS[credential] ?? credential,
    custodians: people('custodians'),
    owners: people('owners'),
    reason: text('reason'),
  };
  const { formId: _formId, custodians, owners, ...texts } = form;
  const read: FormValues = { ...texts, custodians: custodians.join(','), owners: owners.join(',') };
  const unread = Object.fromEntries(faults.map(({ field }) => [field, asTyped(data, field)]));
  return { form, faults, values: { ...read, ...unread } };
}
