import { SESSION_PATH } from './board-paths.js';

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 100vh; margin: 0;
         background: #f3f4f6; color: #111827 }
  main { background: #fff; padding: 2rem; border-radius: .5rem; box-shadow: 0 1px 4px #0003; width: min(26rem, 90vw) }
  h1 { font-size: 1.25rem; margin: 0 0 .5rem }
  p { margin: 0 0 1rem }
  label { display: block; font-weight: 600 }
  input { box-sizing: border-box; width: 100%; padding: .5rem; font: inherit; margin: .25rem 0 1rem }
  button { font: inherit; padding: .5rem 1.25rem; border: 0; border-radius: .25rem; background: #1d4ed8; color: #fff }
  [role=alert] { color: #b91c1c; font-weight: 600 }
  code { background: #f3f4f6; padding: 0 .25rem; white-space: nowrap }`;

/** @param refusal why the last attempt did not let in; a sentence of ours, never of the sender */
export function signInPage(refusal?: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>Queues: sign in</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Queues</h1>
<p>For admins. A token comes from your identity provider, or from <code>npm run token -- --role admin</code>.</p>
${refusal === undefined ? '' : `<p role="alert">${escaped(refusal)}</p>`}
<form method="post" action="${SESSION_PATH}">
<label for="token">Token</label>
<input id="token" name="token" type="password" required autocomplete="off" spellcheck="false" autofocus>
<button type="submit">Sign in</button>
</form>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
