// The daemon's documents, over HTTP.

const patience = 5000; // ms

// Nothing came back, or nothing whole.
export class Unanswered extends Error {}

export class TokenWanted extends Error {}

// The daemon answered, and said no: its own words.
export class Refused extends Error {}

const key = 'realpeer-token';
let token = null;
try {
  token = sessionStorage.getItem(key);
} catch {
  // Storage that is switched off: the token lives as long as the page.
}

// Links do not carry it.
export const hasToken = () => token !== null;

export function useToken(text) {
  token = text;
  try {
    sessionStorage.setItem(key, text);
  } catch {
    // As above.
  }
}

async function ask(path, signal) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await fetch(path, {
    headers,
    signal,
    cache: 'no-store',
    credentials: 'same-origin',
    redirect: 'error',
  });
  if (response.status === 401) throw new TokenWanted();
  if (!response.ok)
    throw new Refused(`${path.split('?')[0]}: ${response.status} ${(await response.text()).trim().slice(0, 300)}`);
  return response.json();
}

export async function get(path, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== '');
  const query = new URLSearchParams(given).toString();
  try {
    return await ask(query ? `${path}?${query}` : path, AbortSignal.timeout(patience));
  } catch (error) {
    if (error instanceof TokenWanted || error instanceof Refused) throw error;
    throw new Unanswered(error.message);
  }
}
