import { Anchor, Button, VisuallyHidden } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { takeFocus } from './take-focus.ts';

/** Attributes of a link that leaves the app. In the window, the main process vets it and opens the browser. */
const OUTSIDE = { target: '_blank', rel: 'noopener noreferrer' } as const;

/** A link to a page outside, in running text. */
export function ExternalLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Anchor href={href} {...OUTSIDE} inherit underline="always">
      {children}
      <VisuallyHidden> (opens in your browser)</VisuallyHidden>
    </Anchor>
  );
}

/** A title that others wrote, leading to its page outside. Quieter than a link in running text. */
export function OutsideTitle({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Anchor href={href} {...OUTSIDE} c="inherit" fw={500} underline="hover" dir="auto" display="inline-block">
      {children}
      <VisuallyHidden> (opens in your browser)</VisuallyHidden>
    </Anchor>
  );
}

/** The same as a button. */
export function ExternalButton({
  href,
  children,
  primary = false,
  autoFocus = false,
  takesFocus = false,
}: {
  href: string;
  children: ReactNode;
  primary?: boolean;
  /** Whether a dialog puts the focus here when it opens. */
  autoFocus?: boolean;
  /** Whether it takes the focus over from what stood here before. */
  takesFocus?: boolean;
}) {
  return (
    <Button
      component="a"
      href={href}
      {...OUTSIDE}
      variant={primary ? 'filled' : 'default'}
      data-autofocus={autoFocus || undefined}
      ref={takesFocus ? takeFocus : undefined}
      rightSection={<IconExternalLink size={16} aria-hidden />}
    >
      {children}
      <VisuallyHidden> (opens in your browser)</VisuallyHidden>
    </Button>
  );
}
