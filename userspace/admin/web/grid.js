// Rows that can be chosen by pointer and by keyboard: one stop for Tab, arrows within, Enter or Space chooses.

// `body` holds the rows, each with a data-key; chosen(key) is told. Returns a function to call after the rows changed,
// with the key of the row that is chosen, or null.
export function selectable(body, chosen) {
  const rows = () => [...body.children];
  let current = null; // the key of the row that Tab leads to
  let place = 0; // where it stood: its neighbour follows it when it is gone
  let focused = false;

  const lead = (row) => {
    current = row.dataset.key;
    for (const other of rows()) other.tabIndex = other === row ? 0 : -1;
  };
  const go = (row) => {
    if (!row) return;
    lead(row);
    row.focus();
  };

  body.addEventListener('click', (event) => {
    const row = event.target.closest('[data-key]');
    // Text that is being selected is not a choice.
    if (!row || getSelection().toString() !== '') return;
    lead(row);
    chosen(row.dataset.key);
  });
  body.addEventListener('focusin', (event) => {
    focused = true;
    const row = event.target.closest('[data-key]');
    if (row) lead(row);
  });
  // A row that is taken away with the focus in it has not been left by its reader: looked at only once all is done.
  body.addEventListener('focusout', () => queueMicrotask(() => (focused = body.contains(document.activeElement))));
  body.addEventListener('keydown', (event) => {
    const row = event.target.closest('[data-key]');
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = rows();
    const to = {
      ArrowDown: row.nextElementSibling,
      ArrowUp: row.previousElementSibling,
      Home: all[0],
      End: all.at(-1),
    };
    if (event.key === 'Enter' || event.key === ' ') chosen(row.dataset.key);
    else if (event.key in to) go(to[event.key]);
    else return;
    event.preventDefault();
  });

  // The row that Tab leads to when the one before is gone: its neighbour, or the chosen one where nobody is in the table.
  const successor = (all, key) => {
    const chosenOne = Math.max(
      0,
      all.findIndex((row) => row.dataset.key === key),
    );
    return focused ? Math.min(place, all.length - 1) : chosenOne;
  };

  return (key) => {
    const all = rows();
    for (const row of all) row.setAttribute('aria-selected', String(row.dataset.key === key));
    const found = all.findIndex((row) => row.dataset.key === current);
    place = found < 0 ? successor(all, key) : found;
    all.forEach((row, i) => (row.tabIndex = i === place ? 0 : -1));
    if (found >= 0) return;
    current = focused ? (all[place]?.dataset.key ?? null) : null;
    if (focused) all[place]?.focus({ preventScroll: true });
  };
}
