/** Every field of a form as its label says it; faults name fields by these words. */
export const LABELS = {
  tenantId: 'Tenant',
  userName: 'User name',
  displayName: 'Display name',
  usageLocation: 'Usage location',
  credential: 'Credential',
  custodians: 'Custodians',
  owners: 'Owners',
  reason: 'Reason',
  location: 'Where it is kept',
  sealNumber: 'Seal number',
  note: 'Note',
  classification: 'What it was',
  logs: 'Where the logs are kept',
  review: 'What the review found',
  minutes: 'Minutes',
  person: 'Who will sign in',
  origin: 'From which address',
  plan: 'The plan',
} as const;

export type LabelledField = keyof typeof LABELS;

export const isLabelled = (field: string): field is LabelledField => Object.hasOwn(LABELS, field);
