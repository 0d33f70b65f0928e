/** The few pages that the app itself writes, without the renderer: after a sign-in, for approvals, and for errors. */
import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; --text: #1c1c1e; --soft: #6b6b70; --ground: #fbfbfa; --line: #d9d9d6; --ok: #2f7d4f;
  --bad: #b3402e; --accent: #2f6f9f; --on-accent: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececec; --soft: #a0a0a6; --ground: #1a1b1e; --line: #3a3b40; --ok: #63b583; --bad: #e58a78;
    --accent: #7ab4de; --on-accent: #10202c; }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
main { box-sizing: border-box; max-width: 27rem; width: 100%; padding: 2rem; text-align: center; }
.mark { font-size: 2.5rem; line-height: 1; margin: 0; }
.ok .mark { color: var(--ok); }
.bad .mark { color: var(--bad); }
h1, p { text-wrap: balance; }
h1 { font-size: 1.3rem; font-weight: 600; margin: 1rem 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: .9rem; font-weight: 600; margin: 1.5rem 0 .4rem; }
p { margin: .5rem 0; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.number { font-size: 5rem; font-weight: 600; line-height: 1.1; margin: 1rem 0 .25rem; letter-spacing: .05em;
  font-variant-numeric: tabular-nums; }
.code { font-size: 1.6rem; font-weight: 600; letter-spacing: .1em; }
.facts { text-align: left; border-top: 1px solid var(--line); margin-top: 1.5rem; padding-top: .25rem; font-size: .95rem; }
.facts ul { margin: .25rem 0; padding-left: 1.2rem; }
label { display: block; margin: 1.25rem 0 .4rem; }
input[type=text] { box-sizing: border-box; width: 100%; padding: .7rem; border: 1px solid var(--line); border-radius: 8px;
  background: transparent; color: inherit; font: 600 1.4rem/1.2 system-ui, sans-serif; letter-spacing: .1em;
  text-align: center; text-transform: uppercase; }
button { width: 100%; margin-top: .8rem; padding: .7rem 1rem; border: 1px solid var(--line); border-radius: 8px;
  background: transparent; color: inherit; font: inherit; cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;

const STYLE_SOURCE = sourceOf(STYLE);

/** HTML that was put together by `html`, so every value in it is escaped. */
export interface Html {
  readonly markup: string;
}

export interface Page {
  /** How it went: a tick, an exclamation mark, or nothing for what is still open. */
  good: boolean | null;
  title: string;
  /** Sentences, each a paragraph of its own. */
  text: readonly string[];
  /** What stands below the sentences. */
  body?: Html;
  /** The one script that may run. It must not hold anything that was sent to us. */
  script?: string;
  /** Whether the page sends a form to ourselves. */
  form?: boolean;
  /** The one other origin that the page sends a form to. */
  formTo?: string;
}

/** A page and the headers it must be sent with. */
export interface RenderedPage {
  html: string;
  headers: Readonly<Record<string, string>>;
}

/** A whole HTML document. Every word is escaped: some come from a provider, a client, or whoever made up the address. */
export function renderPage({ good, title, text, body, script, form = false, formTo }: Page): RenderedPage {
  const paragraphs = text.map((sentence, index) =>
    index > 0 ? html`<p class="soft">${sentence}</p>` : html`<p>${sentence}</p>`,
  );
  const mark = good === null ? html`` : html`<p class="mark" aria-hidden="true">${good ? '✓' : '!'}</p>`;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} · Trackeep Tray</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main class="${good === null ? 'open' : good ? 'ok' : 'bad'}">
${mark}
<h1>${title}</h1>
${paragraphs}
${body ?? html``}
</main>
${script === undefined ? html`` : html`<script>${{ markup: script }}</script>`}
</body>
</html>
`;
  // Chromium holds the policy against where a post is redirected to, too: a GitHub that asks nothing sends it back here.
  const formAction = formTo === undefined ? (form ? "'self'" : "'none'") : `${formTo} 'self'`;
  return { html: document.markup, headers: headersFor(script, formAction) };
}

/** No script but the page's own, no style but the one above, and never in a frame. */
function headersFor(script: string | undefined, formAction: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src ${STYLE_SOURCE}`,
    ...(script === undefined ? [] : [`script-src ${sourceOf(script)}`, "connect-src 'self'"]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    `form-action ${formAction}`,
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    // Browsers that do not know frame-ancestors.
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  };
}

/** Markup with its values escaped, for text and for quoted attributes. */
export function html(parts: TemplateStringsArray, ...values: (string | number | Html | readonly Html[])[]): Html {
  const markup = parts.map((part, index) => {
    const value = values[index];
    return part + (value === undefined ? '' : markupOf(value));
  });
  return { markup: markup.join('') };
}

function markupOf(value: string | number | Html | readonly Html[]): string {
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('\n');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/** A source expression for exactly this text (Content Security Policy Level 3 §2.3.1). */
function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
