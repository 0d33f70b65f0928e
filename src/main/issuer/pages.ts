import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { claim } from '../../shared/claims.ts';
import { isLoopbackHost } from '../../shared/resources.ts';
import { SCOPES, type Scope } from '../../shared/scopes.ts';
import { type Html, html, type RenderedPage, renderPage } from '../core/page.ts';
import type { ApprovalRequest, PageView } from './approvals.ts';

type DeviceFlow = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>;

/** What the library lets us show in its stead. */
export interface IssuerPages {
  renderError: NonNullable<Configuration['renderError']>;
  userCodeInput: NonNullable<DeviceFlow['userCodeInputSource']>;
  userCodeConfirm: NonNullable<DeviceFlow['userCodeConfirmSource']>;
  deviceDone: NonNullable<DeviceFlow['successSource']>;
}

export const issuerPages: IssuerPages = {
  renderError(context, out) {
    const { title, remedy } = EXPLAINED[out.error] ?? {
      title: 'This program cannot be connected',
      remedy: 'Start again in the program. If that does not help, tell its makers what stands here.',
    };
    const detail = out.error_description === undefined ? out.error : `${out.error}: ${out.error_description}`;
    send(
      context,
      renderPage({ good: false, title, text: [remedy, 'Nothing was sent anywhere, and nobody got access.', detail] }),
    );
  },

  userCodeInput(context, _form, out, error) {
    const { name, userCode: code = '' } = (error ?? {}) as { name?: string; userCode?: string };
    const session = context.oidc.session as { new?: boolean; touched?: boolean } | undefined;
    if (error !== undefined && session?.new === true) {
      // For a browser that came without one, the library would store a session too late, and fail.
      session.touched = false;
      const text = ['Your browser sent nothing that this page gave it, or it was open for too long.'];
      const body = html`<p><a href="/device">Open the page again</a></p>`;
      return send(context, renderPage({ good: false, title: 'The code was not taken', text, body }));
    }
    // The person said no, on the page before or in the app.
    if (name === 'AbortedError' || out?.error === 'access_denied') {
      const text = ['The device gets no access. You can close this page.'];
      return send(context, renderPage({ good: false, title: 'Access was denied', text }));
    }
    send(
      context,
      renderPage({
        good: null,
        title: 'Connect a device',
        text: [askForCode(code !== '', error !== undefined && name !== 'NoCodeError')],
        body: html`<form method="post" action="/device">
<input type="hidden" name="xsrf" value="${secretOf(context)}">
<label for="user_code">Code</label>
<input type="text" id="user_code" name="user_code" value="${code}" autocomplete="off" autocapitalize="characters"
 spellcheck="false" maxlength="20" required autofocus>
<button class="main" type="submit">Continue</button>
</form>`,
        form: true,
      }),
    );
  },

  userCodeConfirm(context, _form, client, _deviceInfo, userCode) {
    const name = claim(client.clientName ?? null);
    send(
      context,
      renderPage({
        good: null,
        title: 'Does your device show this code?',
        text: [
          name === null ? 'The program gave no name.' : `The program calls itself “${name}”.`,
          'Go on only if you started this yourself, just now.',
        ],
        body: html`<p class="code">${userCode}</p>
<form method="post" action="/device">
<input type="hidden" name="xsrf" value="${secretOf(context)}">
<input type="hidden" name="user_code" value="${userCode}">
<input type="hidden" name="confirm" value="yes">
<button class="main" type="submit">Yes, continue</button>
<button type="submit" name="abort" value="yes">No, stop</button>
</form>`,
        form: true,
      }),
    );
  },

  deviceDone(context) {
    const text = ['You can close this page and go back to your device.'];
    send(context, renderPage({ good: true, title: 'The device is connected', text }));
  },
};

/** @param wrong the code was; @param failed something else was, such as a page that was open for too long */
function askForCode(wrong: boolean, failed: boolean): string {
  if (wrong) return 'That code is not known, was used already, or has run out. Look at the device again.';
  if (failed) return 'That did not work, or this page was open for too long. Type the code once more.';
  return 'Type the code that your program or device shows.';
}

/** Why an authorization request failed, for a person who can do something about it. */
const EXPLAINED: Readonly<Record<string, { title: string; remedy: string }>> = {
  invalid_client: {
    title: 'This program is not known here',
    remedy:
      'It registered with another data folder, or was removed. Sign out of Trackeep Tray in the program, or delete what it stored about it, and connect again: then it registers anew.',
  },
  invalid_redirect_uri: {
    title: 'This program gave a wrong address to come back to',
    remedy:
      'The address is not one that it registered, so the browser stays here. Connect again from the program itself; if it fails again, remove it in Trackeep Tray and start over.',
  },
  invalid_target: {
    title: 'This program asked for a server that is not known here',
    remedy: 'If it is a server of yours, add its address under Settings → Resource servers, and connect again.',
  },
  access_denied: {
    title: 'Access was denied',
    remedy: 'Start again in the program if you did want it to have access.',
  },
};

/** The page with the number, which polls for the person's word and goes on by itself. */
export function approvalPage(view: PageView): RenderedPage {
  const { request, number } = view;
  const name = claim(request.client.name);
  return renderPage({
    good: null,
    title: name === null ? 'A program asks for access' : `A program that calls itself “${name}” asks for access`,
    text: ['Open Trackeep Tray and choose this number there:'],
    body: html`<p class="number" id="approval-number">${number}</p>
<p class="soft" id="approval-hint" role="status">Waiting for your answer, at most five minutes.</p>
${facts(request)}
<noscript><meta http-equiv="refresh" content="3"></noscript>`,
    script: WAIT,
  });
}

/** The page after the request was denied, or nobody answered. */
export function overPage(text: readonly string[]): RenderedPage {
  return renderPage({ good: false, title: 'No access was given', text });
}

function facts({ scopes, held, resource, redirectHost }: ApprovalRequest): Html {
  return html`<div class="facts">
<h2>${held.length === 0 ? 'It may then' : 'It may then also'}</h2>
<ul>${scopes.map(item)}</ul>
${held.length === 0 ? html`` : html`<p class="soft">It may already: ${held.map((scope) => SCOPES[scope].text).join('; ')}.</p>`}
<p class="soft">Only at ${resource}.${redirectHost === null ? '' : ` The answer goes to ${placeOf(redirectHost)}.`}</p>
<p class="soft">The name is what the program says of itself. If you did not start this, choose Deny.</p>
</div>`;
}

function item(scope: Scope): Html {
  const { text, sensitive } = SCOPES[scope];
  return sensitive ? html`<li><strong>${text}</strong> (sensitive)</li>` : html`<li>${text}</li>`;
}

/** A redirect host in words; one on this machine is the program itself. */
function placeOf(redirectHost: string): string {
  return isLoopbackHost(redirectHost) ? `a program on this machine (${redirectHost})` : redirectHost;
}

/** Without anything that was sent to us, so that its hash in the policy is always the same. */
const WAIT = `
const hint = document.getElementById('approval-hint');
const here = location.pathname.replace(/\\/$/, '');
let failures = 0;
(async () => {
  for (;;) {
    try {
      const answer = await fetch(here + '/state', { cache: 'no-store' });
      if (answer.status === 404) { location.reload(); return; }
      const { state } = await answer.json();
      if (state !== 'waiting') { location.replace(here + '/continue'); return; }
      failures = 0;
    } catch {
      failures += 1;
      hint.textContent = 'Trackeep Tray does not answer; trying again.';
      await new Promise((resolve) => setTimeout(resolve, Math.min(1000 * failures, 10000)));
    }
  }
})();
`;

function secretOf(context: KoaContextWithOIDC): string {
  return (context.oidc.session?.state as { secret?: string } | undefined)?.secret ?? '';
}

function send(context: KoaContextWithOIDC, { html: text, headers }: RenderedPage): void {
  context.set({ ...headers });
  context.type = 'html';
  context.body = text;
}
