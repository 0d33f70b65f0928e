import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

/**
 * A dialog over the page. It must stay in the tree while it is closed: it remembers what had the focus when it opens,
 * and gives it back. Where that is gone by then, such as the card of a disconnected account, the focus goes to the
 * page's heading rather than getting lost. What is inside begins anew at every opening.
 */
export function Dialog({
  opened,
  onClose,
  title,
  children,
}: {
  opened: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={keepFocus}
      title={title}
      closeButtonProps={{ 'aria-label': 'Close' }}
      centered
      styles={{ title: { fontWeight: 600, fontSize: '1.125rem' } }}
    >
      {children}
    </Modal>
  );
}

function keepFocus() {
  if (document.activeElement === document.body) document.querySelector('h1')?.focus();
}
