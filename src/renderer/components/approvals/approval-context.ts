import { createContext, useContext } from 'react';
import type { ApprovalView } from '../../../shared/client-views.ts';

/** Shows an approval in the one dialog there is for them. */
export interface ApprovalDialogs {
  show(approval: ApprovalView): void;
  /** Whether the dialog is open. */
  readonly opened: boolean;
}

export const ApprovalContext = createContext<ApprovalDialogs | null>(null);

export function useApprovalDialog(): ApprovalDialogs {
  const dialogs = useContext(ApprovalContext);
  if (!dialogs) throw new Error('Pages stand inside <ApprovalProvider>.');
  return dialogs;
}
