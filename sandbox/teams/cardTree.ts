/** Any JSON object. */
export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface FoundAction {
  readonly action: Json;
  /** Values a client would send without anybody typing: the defaults of the inputs this action collects. */
  readonly defaults: Json;
}

/** Parts of a card that hold no element a person can reach. */
const NOT_ELEMENTS = new Set(['data', 'fallback', 'refresh', 'authentication', 'msteams', 'metadata']);

/** `verb` of an Action.Execute, or `data.verb` of an Action.Submit (which has no verb of its own). */
export function verbOf(action: Json): string | undefined {
  if (typeof action.verb === 'string') return action.verb;
  return isJson(action.data) && typeof action.data.verb === 'string' ? action.data.verb : undefined;
}

/**
 * Every action of a card in reading order, also those inside action sets, shown cards, columns, tables and select actions; last its
 * refresh action, which Teams offers as "Refresh card" in the message's menu.
 */
export function actionsOf(card: Json): FoundAction[] {
  const found = cardActions(card, {});
  const refresh = refreshOf(card)?.action;
  return refresh === undefined ? found : [...found, { action: refresh, defaults: {} }];
}

export function refreshOf(card: Json | null): { action: Json; userIds: string[] } | undefined {
  const refresh = card?.refresh;
  if (!isJson(refresh) || !isJson(refresh.action)) return undefined;
  const userIds = Array.isArray(refresh.userIds) ? refresh.userIds.filter((id) => typeof id === 'string') : [];
  return { action: refresh.action, userIds };
}

function cardActions(card: Json, inherited: Json): FoundAction[] {
  const defaults: Json = { ...inherited };
  const actions: Json[] = [];
  const shown: Json[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isJson(value)) return;
    const type = typeof value.type === 'string' ? value.type : '';
    if (type.startsWith('Action.')) actions.push(value);
    if (type === 'Action.ShowCard' && isJson(value.card)) {
      shown.push(value.card);
      return;
    }
    if (type.startsWith('Input.') && typeof value.id === 'string') addDefault(defaults, value.id, value);
    for (const [key, part] of Object.entries(value)) if (!NOT_ELEMENTS.has(key)) visit(part);
  };
  visit(Object.fromEntries(Object.entries(card).filter(([key]) => key !== 'type')));
  const own = actions.map((action) => ({ action, defaults: action.associatedInputs === 'none' ? {} : defaults }));
  return [...own, ...shown.flatMap((inner) => cardActions(inner, defaults))];
}

function addDefault(defaults: Json, id: string, input: Json): void {
  if (input.value !== undefined) defaults[id] = String(input.value);
  else if (input.type === 'Input.Toggle') defaults[id] = typeof input.valueOff === 'string' ? input.valueOff : 'false';
}
