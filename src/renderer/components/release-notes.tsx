import { Typography } from '@mantine/core';
import Markdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { ExternalLink } from './external-link.tsx';
import classes from './release-notes.module.css';

/**
 * How untrusted Markdown is drawn: links only to absolute https addresses, and always outside; no image is fetched,
 * its description stands in for it; headings fit under the page's own.
 */
const COMPONENTS: Components = {
  a: ({ href, children }) =>
    href?.startsWith('https://') ? <ExternalLink href={href}>{children}</ExternalLink> : <span>{children}</span>,
  img: ({ alt }) => <span className={classes.image}>{alt ? `Image: ${alt}` : 'Image'}</span>,
  h1: 'h3',
  h2: 'h3',
  h3: 'h4',
  h4: 'h5',
  h5: 'h6',
  input: ({ checked }) => (
    <span role="img" aria-label={checked ? 'done' : 'to do'}>
      {checked ? '☑ ' : '☐ '}
    </span>
  ),
};

/** Release notes as their maintainers wrote them: Markdown of GitHub's kind, untrusted. */
export default function ReleaseNotes({ markdown }: { markdown: string }) {
  if (markdown.trim() === '') return <p className={classes.empty}>The maintainers wrote no notes for this release.</p>;
  return (
    <Typography className={classes.notes ?? ''}>
      <Markdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeSanitize]} components={COMPONENTS}>
        {markdown}
      </Markdown>
    </Typography>
  );
}
