// Building the document. Text goes in as text, never as markup: much of it was written by strangers.

export const byId = (id) => document.getElementById(id);

function append(node, children) {
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

function decorate(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? '' : value);
  }
  return node;
}

export function el(tag, attributes = {}, ...children) {
  return append(decorate(document.createElement(tag), attributes), children);
}

export function svg(tag, attributes = {}, ...children) {
  return append(decorate(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes), children);
}

// Leaves what is so already: screen readers and selected text are not disturbed.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

// Replaces the children when what they are made from has changed.
const made = new WeakMap();
export function remake(node, source, make) {
  const key = JSON.stringify(source);
  if (made.get(node) === key) return false;
  made.set(node, key);
  node.replaceChildren(...[make()].flat().filter((child) => child !== null && child !== false));
  return true;
}

// One child for each item, in the items' order. A child stays the same node as long as its item's key is there, so that
// focus and selected text stay where they are.
export function keyed(parent, items, keyOf, create, update) {
  const wanted = new Map(items.map((item) => [String(keyOf(item)), item]));
  const present = new Map();
  for (const child of [...parent.children]) {
    if (wanted.has(child.dataset.key)) present.set(child.dataset.key, child);
    else child.remove();
  }
  let cursor = parent.firstElementChild;
  for (const [key, item] of wanted) {
    let child = present.get(key);
    if (!child) {
      child = create(item);
      child.dataset.key = key;
    }
    if (child === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(child, cursor);
    update(child, item);
  }
}

export function badge(state, text) {
  return el('span', { class: `badge ${state}` }, text);
}

export function setBadge(node, state, text) {
  setAttribute(node, 'class', `badge ${state}`);
  setText(node, text);
}

// Names and values, in a <dl>.
export function showFacts(list, facts) {
  const create = ([name]) => el('div', {}, el('dt', {}, name), el('dd'));
  keyed(
    list,
    facts,
    ([name]) => name,
    create,
    (pair, [, value]) => setText(pair.lastElementChild, String(value)),
  );
}
