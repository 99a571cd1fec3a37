export type Theme = 'system' | 'light' | 'dark';

const KEY = 'kinoscope-theme';

const stored = (): Theme => {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
};

export const theme = $state({ now: stored() });

export function applyTheme(chosen: Theme = theme.now): void {
  theme.now = chosen;
  if (chosen === 'system') {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem(KEY, chosen);
    document.documentElement.dataset['theme'] = chosen;
  }
}
