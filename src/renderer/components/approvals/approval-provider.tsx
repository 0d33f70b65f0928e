import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { ApprovalView } from '../../../shared/client-views.ts';
import { useView } from '../../data/app-link.tsx';
import { ApprovalContext } from './approval-context.ts';
import { ApprovalDialog } from './approval-dialog.tsx';

/**
 * Holds the one approval dialog. It opens by itself for a request that is new to this page, unless the person is in the
 * middle of something; then the banner says it. A dialog that was closed does not come back by itself.
 */
export function ApprovalProvider({ children }: { children: ReactNode }) {
  const waiting = useView('approvals.list').data;
  const [opened, setOpened] = useState(false);
  const [shown, setShown] = useState<ApprovalView | null>(null);
  const known = useRef<ReadonlySet<string>>(new Set());

  useEffect(() => {
    if (!waiting) return;
    const fresh = waiting.find(({ id }) => !known.current.has(id));
    known.current = new Set(waiting.map(({ id }) => id));
    if (!fresh || isBusy()) return;
    setShown(fresh);
    setOpened(true);
  }, [waiting]);

  const dialogs = useMemo(
    () => ({
      opened,
      show(approval: ApprovalView) {
        setShown(approval);
        setOpened(true);
      },
    }),
    [opened],
  );

  const current = waiting?.find(({ id }) => id === shown?.id);
  const next = waiting?.find(({ id }) => id !== shown?.id) ?? null;
  return (
    <ApprovalContext value={dialogs}>
      {children}
      <ApprovalDialog
        opened={opened}
        // What is over is no longer in the list; the dialog still says what became of it.
        approval={current ?? shown}
        waits={current !== undefined}
        next={next}
        onNext={() => setShown(next)}
        onClose={() => setOpened(false)}
      />
    </ApprovalContext>
  );
}

/** Whether a dialog would come between the person and what they do: another dialog, or words they are typing. */
function isBusy(): boolean {
  // Asked of the page itself, which knows of every dialog, ours or not.
  if (document.querySelector('[role="dialog"]')) return true;
  const focused = document.activeElement;
  return focused instanceof HTMLElement && focused.matches('input:not([type="checkbox"], [type="radio"]), textarea');
}
