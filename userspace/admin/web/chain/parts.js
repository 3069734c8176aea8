// What a chain is made of: hops, links between them, and findings about where the client became lost. Pure.

// How sure it is, of a link or of a whole chain, that the next hop learns the client; the worst first.
export const states = ['lost', 'wrong', 'refused', 'doubt', 'unknown', 'kept'];

const stateWords = {
  kept: 'kept',
  lost: 'lost here',
  wrong: 'wrong address',
  refused: 'refused here',
  doubt: 'not certain',
  unknown: 'not known',
};

export const here = 'this gateway';

// How an address is carried, by client_source and by identity.
export const carriers = { 'proxy-v2': 'PROXY v2 header', 'proxy-v1': 'PROXY v1 header', xff: 'X-Forwarded-For' };

// By which means (`how`), and what became of it (`word`).
export const link = (state, how, word = stateWords[state]) => ({ state, how, word });

// Whom a hop takes for the client.
export const knows = (state, label, address) => ({ state, label, address });

export const hop = (role, name, { state = 'kept', notes = [], known = null } = {}) => ({
  role,
  name,
  state,
  notes,
  knows: known,
});

// `short` is for a row of a table, the others for people with time; `remedy` may be missing.
export const finding = (state, short, title, text, remedy = null) => ({ state, short, title, text, remedy });

// In the daemon's own words; `advice` has cause and remedy, or is missing.
export function refusal(state, short, title, connection, advice) {
  const detail = connection.detail && `Detail: ${connection.detail}.`;
  const text = [advice?.cause, detail].filter(Boolean).join(' ');
  return finding(state, short, title, text || connection.reason, advice?.remedy || null);
}
