import { createInputs, element, has, type SandboxProcess } from './sandbox.ts';

/** Rita asks for an account of contoso, Ann and Bob approve it; Dana's part is ready to be opened. */
export async function approvedAccount(sandbox: SandboxProcess, name: string): Promise<void> {
  const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
  await sandbox.press('rita', messageId, 'create.submit', createInputs(name));
  const card = await sandbox.message('ann', 'channel', has('request.approve', name));
  for (const approver of ['ann', 'bob'] as const) await sandbox.press(approver, card.id, 'request.approve');
  await sandbox.message('dana', 'personal', has('part.reveal'));
}

/** The same, and both custodians open their parts and say where they are. @returns the joined password */
export async function accountInHand(sandbox: SandboxProcess, name: string): Promise<string> {
  await approvedAccount(sandbox, name);
  let password = '';
  for (const who of ['dana', 'eli'] as const) {
    const waiting = await sandbox.message(who, 'personal', has('part.reveal'));
    const { dialog } = await sandbox.press(who, waiting.id, 'part.reveal');
    if (!dialog) throw new Error(`${who} saw no part`);
    password += String(element(dialog.card, 'part')?.text);
    await sandbox.dialog(who, dialog.id, 'part.stored', { location: `Safe of ${who}`, sealNumber: '4711' });
  }
  return password;
}
