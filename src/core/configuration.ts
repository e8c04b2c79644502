/** The settings that decide who may do what, as text by name. Secrets are never among them. */
export type Configuration = Readonly<Record<string, string>>;

export interface ConfigurationChange {
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

/** Every setting that differs, by name. Of the first start nothing differs. */
export function changesOf(before: Configuration | undefined, after: Configuration): ConfigurationChange[] {
  if (before === undefined) return [];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [old, fresh] = [before[name], after[name]];
    if (old === fresh) return [];
    return [{ name, ...(old === undefined ? {} : { before: old }), ...(fresh === undefined ? {} : { after: fresh }) }];
  });
}
