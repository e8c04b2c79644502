import { inspect } from 'node:util';

const MASK = '[secret]';

/** A value that no log, error, JSON or template shows by accident. `reveal()` is the only way out, so every use can be searched for. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
