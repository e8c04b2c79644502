import { randomUUID } from 'node:crypto';
import type { PersonName } from '../world.ts';
import type { Json } from './cardTree.ts';
import type { Message } from './messages.ts';

/** A dialog one person has open. Its card may show a part of a credential. */
export interface OpenDialog {
  readonly id: string;
  readonly person: PersonName;
  readonly title: string;
  readonly card: Json;
  /** The message whose button opened it. */
  readonly message: Message;
}

/** Open dialogs, in memory only and never logged: what they show must not outlive being looked at. */
export interface Dialogs {
  open(person: PersonName, message: Message, title: string, card: Json): OpenDialog;
  get(id: string, person: PersonName): OpenDialog | undefined;
  close(id: string): void;
}

const MOST_OPEN = 50;

export function dialogs(): Dialogs {
  const open = new Map<string, OpenDialog>();
  return {
    open(person, message, title, card) {
      const dialog: OpenDialog = { id: randomUUID(), person, title, card, message };
      open.set(dialog.id, dialog);
      // A page that was shut never says so; the oldest such dialog goes first.
      const [oldest] = open.keys();
      if (open.size > MOST_OPEN && oldest !== undefined) open.delete(oldest);
      return dialog;
    },
    get(id, person) {
      const dialog = open.get(id);
      return dialog?.person === person ? dialog : undefined;
    },
    close: (id) => void open.delete(id),
  };
}
