/** Built-in directory roles by template id (Learn, permissions-reference of Entra roles). */
export const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';
export const PRIVILEGED_AUTHENTICATION_ADMINISTRATOR = '7be44c8a-adaf-4e2a-84d6-ab2649e08a13';
export const PRIVILEGED_ROLE_ADMINISTRATOR = 'e8611ab8-c189-46e8-94e1-60213ab1f814';

/** Those that are named in words; the rest by id. */
const ROLE_NAMES: ReadonlyMap<string, string> = new Map([
  [GLOBAL_ADMINISTRATOR, 'Global Administrator'],
  [PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, 'Privileged Authentication Administrator'],
  [PRIVILEGED_ROLE_ADMINISTRATOR, 'Privileged Role Administrator'],
  ['fe930be7-5e62-47db-91af-98c3a49a38b1', 'User Administrator'],
  ['b1be1c3e-b65d-4f19-8427-f6fa0d97feb9', 'Conditional Access Administrator'],
  ['194ae4cb-b126-40b2-bd5b-6091b380977d', 'Security Administrator'],
]);
export const roleName = (templateId: string): string => ROLE_NAMES.get(templateId) ?? templateId;

/** Those of the roles needed that are not among the ones held. Global Administrator stands for each. */
export const rolesLacking = (needed: readonly string[], held: readonly string[]): string[] =>
  held.includes(GLOBAL_ADMINISTRATOR) ? [] : needed.filter((role) => !held.includes(role));
