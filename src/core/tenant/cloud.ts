/**
 * Parts of Microsoft Graph that not every Microsoft cloud has. Where one is missing it is not asked for, and what rests on it is
 * "unsupported in this cloud", which is neither a fault nor a pass.
 */
export type CloudFeature =
  /** Authentication methods of users, their policy, and the registration report. */
  'authentication-methods' | 'directory-audits';
