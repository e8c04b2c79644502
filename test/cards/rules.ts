import * as AC from 'adaptivecards';
import { nodesOf } from './walk.ts';

const TEXT_KEYS = new Set([
  'text',
  'title',
  'label',
  'placeholder',
  'errorMessage',
  'fallbackText',
  'value',
  'verb',
  'id',
  'altText',
  'summary',
]);
/** Teams takes 28 kB for the whole message; the rest is for the banner and the envelope. */
const MOST_BYTES = 20_000;
const MOST_ACTIONS = 6;

/** What is wrong with a card, by the rules that hold for every card; empty when nothing is. */
export function faultsOf(card: object): string[] {
  return [...schemaFaults(card), ...ownFaults(card)];
}

function schemaFaults(card: object): string[] {
  const context = new AC.SerializationContext(AC.Versions.v1_5);
  const parsed = new AC.AdaptiveCard();
  parsed.parse(card, context);
  const events = Array.from({ length: context.eventCount }, (_none, index) => context.getEventAt(index).message);
  return [...events, ...parsed.validateProperties().validationEvents.map(({ message }) => message)];
}

function ownFaults(card: object): string[] {
  const faults: string[] = [];
  const nodes = nodesOf(card);
  const json = JSON.stringify(card);
  if (json.includes('${')) faults.push('holds ${');
  if (Buffer.byteLength(json) > MOST_BYTES) faults.push(`has ${Buffer.byteLength(json)} bytes`);
  if (!('fallbackText' in card) || typeof card.fallbackText !== 'string' || card.fallbackText === '') faults.push('has no fallbackText');
  if (!('version' in card) || card.version !== '1.5') faults.push('is not of version 1.5');
  for (const { path, node } of nodes) {
    if (path.includes('.data')) continue; // what a button sends back
    for (const [key, value] of Object.entries(node)) {
      if (value === null || value === undefined) faults.push(`${path}.${key} is empty`);
      if (TEXT_KEYS.has(key) && typeof value !== 'string') faults.push(`${path}.${key} is not text`);
    }
    if ((node.type === 'TextBlock' || node.type === 'TextRun') && node.text === undefined) faults.push(`${path} has no text`);
    if (node.type === 'TextBlock' && node.wrap !== true) faults.push(`${path} does not wrap`);
    if (Array.isArray(node.actions)) faults.push(...actionFaults(path, node.actions));
    if (typeof node.type === 'string' && node.type.startsWith('Input.') && (node.id === undefined || node.label === undefined))
      faults.push(`${path} has no id or label`);
    if (node.isRequired === true && node.errorMessage === undefined) faults.push(`${path} has no errorMessage`);
  }
  const ids = nodes.filter(({ path, node }) => !path.includes('.data') && node.id !== undefined).map(({ node }) => node.id);
  if (new Set(ids).size < ids.length) faults.push(`an id stands twice: ${ids.join(' ')}`);
  return faults;
}

function actionFaults(path: string, actions: readonly unknown[]): string[] {
  const styles = nodesOf(actions).map(({ node }) => node.style);
  const own = actions.filter((action) => typeof action === 'object' && action !== null && 'style' in action && action.style === 'positive');
  return [
    ...(actions.length > MOST_ACTIONS ? [`${path} has ${actions.length} actions`] : []),
    ...(own.length > 1 ? [`${path} has ${own.length} primary actions`] : []),
    ...(styles.includes('danger') ? [`${path} has an unknown style`] : []),
  ];
}
