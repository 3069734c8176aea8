// Asks for the token that the admin listener wants.
import { hasToken, useToken } from './api.js';
import { byId, setBadge, setText } from './dom.js';

let given = false;

export function startToken(retry) {
  byId('token-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const field = byId('token');
    const token = field.value.trim();
    field.value = '';
    // What no header can carry would look like a daemon that does not answer.
    if (!/^[!-~]+$/.test(token))
      return setText(byId('token-why'), 'A token is of letters, digits and signs of ASCII, without blanks.');
    useToken(token);
    given = true;
    retry();
  });
}

export function wantToken() {
  const place = byId('token-place');
  setText(
    byId('token-why'),
    given
      ? 'That token was not taken. Another one?'
      : 'This daemon tells only those who have its token (admin.token_file).',
  );
  given = false;
  setBadge(byId('state'), 'doubt', 'wants a token');
  if (!place.hidden) return;
  place.hidden = false;
  byId('content').hidden = true;
  byId('elsewhere').hidden = true;
  byId('token').focus();
}

export function tokenTaken() {
  byId('token-place').hidden = true;
  byId('elsewhere').hidden = hasToken();
  byId('content').hidden = false;
}
