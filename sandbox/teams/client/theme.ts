const THEME = 'breakglass.theme';
type Theme = 'light' | 'dark';

/** The theme chosen on this machine, else what the system prefers. */
export function applyTheme(): Theme {
  const chosen = localStorage.getItem(THEME);
  const theme = chosen === 'light' || chosen === 'dark' ? chosen : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  document.documentElement.dataset.theme = theme;
  return theme;
}

export function switchTheme(): Theme {
  localStorage.setItem(THEME, document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
  return applyTheme();
}
