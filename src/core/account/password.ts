/** 64 characters that nobody mistakes for one another on paper: no I, l, 1, O, o, 0. Six bits each. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789+-=#%&*?';
const CLASSES = [/[A-Z]/, /[a-z]/, /[2-9]/, /[-+=#%&*?]/];

/**
 * A password as bytes, so that it can be wiped (a JavaScript string cannot). Every class of character is in it: Entra asks for three of
 * four (graph facts, section 4), and a random one without would be refused now and then.
 *
 * @param below gives a uniform random integer in [0, n)
 */
export function randomPassword(length: number, below: (n: number) => number): Buffer {
  for (;;) {
    const password = Buffer.alloc(length);
    for (let index = 0; index < length; index += 1) password[index] = ALPHABET.charCodeAt(below(ALPHABET.length));
    if (CLASSES.every((kind) => kind.test(password.toString('latin1')))) return password;
    password.fill(0);
  }
}

/** Cuts a password into equal parts, in order: two people type theirs one after the other (domain.md S3, data.md 7.2). */
export function splitPassword(password: Buffer, parts: number): Buffer[] {
  const size = password.length / parts;
  if (!Number.isInteger(size)) throw new RangeError('the length of a password must divide into its parts');
  return Array.from({ length: parts }, (_, index) => Buffer.from(password.subarray(index * size, (index + 1) * size)));
}
