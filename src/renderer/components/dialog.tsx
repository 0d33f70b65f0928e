import { Modal, type ModalProps } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './dialog.module.css';

/**
 * A dialog over the page. It must stay in the tree while it is closed: it remembers what had the focus when it opens,
 * and gives it back. Where that is gone by then, such as the card of a disconnected account, the focus goes to the
 * page's heading rather than getting lost. What is inside begins anew at every opening.
 *
 * @param calm puts the focus on the title, so that a key pressed too early decides nothing
 */
export function Dialog({
  opened,
  onClose,
  title,
  size = 'md',
  calm = false,
  children,
}: {
  opened: boolean;
  onClose: () => void;
  title: string;
  size?: ModalProps['size'];
  calm?: boolean;
  children: ReactNode;
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={keepFocus}
      title={
        calm ? (
          <span tabIndex={-1} data-autofocus className={classes.title}>
            {title}
          </span>
        ) : (
          title
        )
      }
      size={size}
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
