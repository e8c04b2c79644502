/** Characters of a name that stand in the words of a plan. Entra takes 256, and the rest of the sentence must stay in sight. */
const MOST = 64;

/**
 * A name from the tenant within words that people approve: in quotes that it cannot close itself, and of bounded length. What cannot be seen
 * in it is made visible where it is drawn; half a character, of which no digest can be made, is replaced here.
 */
export const quoted = (name: string): string => `“${bounded(name).replace(/["“”„‟«»″]/g, '’')}”`;

/** The same between brackets. */
export const bracketed = (name: string): string =>
  bounded(name)
    .replace(/[()[\]{}]/g, ' ')
    .trim();

function bounded(name: string): string {
  const characters = [...name.toWellFormed()];
  return characters.length <= MOST ? characters.join('') : `${characters.slice(0, MOST - 1).join('')}…`;
}
