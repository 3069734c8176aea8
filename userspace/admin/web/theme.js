// Light, dark, or as the system has it.
import { byId, setText } from './dom.js';

const key = 'realpeer-theme';
const order = ['auto', 'dark', 'light'];

function remembered() {
  try {
    return order.includes(localStorage.getItem(key)) ? localStorage.getItem(key) : 'auto';
  } catch {
    return 'auto';
  }
}

// `changed` is called when colours have.
export function startTheme(changed) {
  let theme = remembered();
  const button = byId('theme');
  const show = () => {
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    setText(byId('theme-name'), theme);
    button.setAttribute('aria-label', `Theme: ${theme}`);
    changed();
  };
  button.addEventListener('click', () => {
    theme = order[(order.indexOf(theme) + 1) % order.length];
    try {
      localStorage.setItem(key, theme);
    } catch {
      // Storage that is switched off: the choice lives as long as the page.
    }
    show();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  show();
}
