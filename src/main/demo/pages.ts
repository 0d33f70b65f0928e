import type { OAuthClient } from './oauth-clients.ts';

const escaped = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Every page says that it is not GitHub's, so that nobody types a real password into a demo. */
function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Emulated GitHub</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0; }
  main { max-width: 26rem; margin: 12vh auto 0; padding: 0 1.5rem; }
  .where { font-size: .8125rem; opacity: .7; }
  h1 { font-size: 1.375rem; line-height: 1.25; }
  label { display: block; margin: 1rem 0 .25rem; }
  input, select { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }
  #user_code { font-variant-numeric: tabular-nums; letter-spacing: .15em; text-transform: uppercase; }
  .choices { display: flex; gap: .75rem; margin-top: 1.5rem; }
  button { font: inherit; padding: .5rem 1rem; flex: 1; cursor: pointer; }
  pre { white-space: pre-wrap; }
</style>
</head>
<body><main>
<p class="where">A demo on this machine. This page is not GitHub: there is no password to enter.</p>
<h1>${escaped(title)}</h1>
${content}
</main></body>
</html>`;
}

export function messagePage(title: string, message: string): string {
  return page(title, `<p>${escaped(message)}</p>`);
}

/** Where a person types the code of the device flow. */
export function devicePage(options: { userCode: string; logins: string[]; problem: string | null }): string {
  return page(
    'Device activation',
    `${options.problem === null ? '' : `<p role="alert">${escaped(options.problem)}</p>`}
<form method="post" action="/login/device">
  <label for="user_code">Code shown by Trackeep Tray</label>
  <input id="user_code" name="user_code" value="${escaped(options.userCode)}" autocomplete="off" autofocus required>
  ${loginChoice(options.logins)}
  ${decisionButtons()}
</form>`,
  );
}

/** The consent page of the web flow. It carries the request along, so that the decision needs no session. */
export function consentPage(options: { client: OAuthClient; logins: string[]; parameters: URLSearchParams }): string {
  return page(
    `Authorize ${options.client.name}`,
    `<form method="post" action="/login/oauth/authorize">
  ${hiddenFields(options.parameters)}
  ${loginChoice(options.logins)}
  ${decisionButtons()}
</form>`,
  );
}

/** What a person confirms before an app is made from a manifest. */
export function appConfirmationPage(options: {
  name: string;
  owner: string;
  action: string;
  parameters: URLSearchParams;
}): string {
  const { name, owner, action, parameters } = options;
  return page(
    `Create GitHub App for ${owner}`,
    `<p>${escaped(name)}</p>
<form method="post" action="${escaped(action)}">
  ${hiddenFields(parameters)}
  <div class="choices"><button type="submit" name="decision" value="create">Create GitHub App</button></div>
</form>`,
  );
}

/** Where a person installs an app. */
export function installationPage(options: { name: string; action: string; logins: string[] }): string {
  return page(
    `Install ${options.name}`,
    `<form method="post" action="${escaped(options.action)}">
  ${loginChoice(options.logins)}
  <div class="choices"><button type="submit">Install</button></div>
</form>`,
  );
}

/** A release as the web shows it: the notes as they were written. */
export function releasePage(name: string, notes: string): string {
  return page(name, `<pre>${escaped(notes)}</pre>`);
}

/** A request as it came, less what the person decides. */
function hiddenFields(parameters: URLSearchParams): string {
  return [...parameters]
    .filter(([name]) => name !== 'login' && name !== 'decision')
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
    .join('\n  ');
}

function loginChoice(logins: string[]): string {
  const options = logins.map((login) => `<option>${escaped(login)}</option>`).join('');
  return `<label for="login">Signed in as</label>\n  <select id="login" name="login">${options}</select>`;
}

/** The first button is what the Enter key presses. */
function decisionButtons(): string {
  return `<div class="choices">
    <button type="submit" name="decision" value="approve">Authorize</button>
    <button type="submit" name="decision" value="deny">Cancel</button>
  </div>`;
}
