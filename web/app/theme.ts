import { signal } from '@preact/signals';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const NAME = 'holdfast-theme';

/** The colours that the reader has chosen in this browser. */
export const theme = signal<Theme>(kept());
apply(theme.value);

/** Changes the colours, and keeps the choice in this browser. */
export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  apply(chosen);
  try {
    localStorage.setItem(NAME, chosen);
  } catch {
    // Browsers may keep nothing; then the choice lasts as long as the page.
  }
}

function kept(): Theme {
  try {
    const found = localStorage.getItem(NAME);
    return THEMES.find((each) => each === found) ?? 'system';
  } catch {
    return 'system';
  }
}

function apply(chosen: Theme): void {
  const { dataset } = document.documentElement;
  if (chosen === 'system') delete dataset.theme;
  else dataset.theme = chosen;
}
