import { createHash } from 'node:crypto';

/** A GUID that is the same on every machine: objects every sandbox starts with keep their ids across reinstallations. */
export function seedGuid(name: string): string {
  const hex = createHash('sha256').update(`breakglass-sandbox/${name}`).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
