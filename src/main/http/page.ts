/** The few pages that the app itself writes, without the renderer: after a sign-in, and for errors. */
import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; --text: #1c1c1e; --soft: #6b6b70; --ground: #fbfbfa; --ok: #2f7d4f; --bad: #b3402e; }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececec; --soft: #a0a0a6; --ground: #1a1b1e; --ok: #63b583; --bad: #e58a78; }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 26rem; padding: 2rem; text-align: center; }
.mark { font-size: 2.5rem; line-height: 1; margin: 0; }
.ok .mark { color: var(--ok); }
.bad .mark { color: var(--bad); }
h1 { font-size: 1.3rem; font-weight: 600; margin: 1rem 0 .5rem; overflow-wrap: anywhere; }
p { margin: .5rem 0; }
.soft { color: var(--soft); }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** What every such page is sent with: no script at all, and no style but the one above. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
};

export interface Page {
  good: boolean;
  title: string;
  /** Sentences, each a paragraph of its own. */
  text: readonly string[];
}

/** A whole HTML document. Every word is escaped: some come from the provider, or from whoever made up the address. */
export function renderPage({ good, title, text }: Page): string {
  const paragraphs = text.map((sentence, index) => `<p${index > 0 ? ' class="soft"' : ''}>${escapeHtml(sentence)}</p>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} · Trackeep Tray</title>
<style>${STYLE}</style>
</head>
<body>
<main class="${good ? 'ok' : 'bad'}">
<p class="mark" aria-hidden="true">${good ? '✓' : '!'}</p>
<h1>${escapeHtml(title)}</h1>
${paragraphs.join('\n')}
</main>
</body>
</html>
`;
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
