import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ApprovalView } from '../../../shared/client-views.ts';
import { useCommand } from '../../data/app-link.tsx';
import { type ApprovalEnd, approvalEnd } from '../../words/approvals.ts';
import { ClientName } from '../client-name.tsx';
import { Dialog } from '../dialog.tsx';
import { useNow } from '../use-now.ts';
import { ApprovalAnswer } from './approval-answer.tsx';
import classes from './approval-dialog.module.css';
import { ApprovalEnded } from './approval-ended.tsx';
import { RememberChoice } from './remember-choice.tsx';
import { RequestedScopes, Requester, RequestFacts } from './request-parts.tsx';

interface ApprovalDialogProps {
  opened: boolean;
  /** Null before the first one. */
  approval: ApprovalView | null;
  /** Whether the app still has it among those that wait. */
  waits: boolean;
  /** Another one that waits. */
  next: ApprovalView | null;
  onNext: () => void;
  /** Hides the dialog and decides nothing. */
  onClose: () => void;
}

/** The question whether a program may have what it asks for. Who and what stand first, the answer beside them. */
export function ApprovalDialog({ opened, approval, onClose, ...rest }: ApprovalDialogProps) {
  return (
    <Dialog opened={opened} onClose={onClose} title="A program asks for access" size="50rem" calm>
      {approval && <Question key={approval.id} approval={approval} onClose={onClose} {...rest} />}
    </Dialog>
  );
}

function Question({
  approval,
  waits,
  next,
  onNext,
  onClose,
}: Omit<ApprovalDialogProps, 'opened' | 'approval'> & { approval: ApprovalView }) {
  const approve = useCommand('approvals.approve');
  const deny = useCommand('approvals.deny');
  const [rememberMs, setRememberMs] = useState<number | null>(null);
  const [wrong, setWrong] = useState<readonly number[]>([]);
  /** Its last try was used here. */
  const [usedUp, setUsedUp] = useState(false);
  /** What ended it stays what ended it, whatever the clock says later. */
  const [ended, setEnded] = useState<ApprovalEnd | null>(null);
  const leftMs = Date.parse(approval.expiresAt) - useNow(ended === null ? 1_000 : 0);

  const pending = approve.isPending || deny.isPending;
  const refused = (deny.error ?? approve.error)?.view ?? null;
  const end =
    ended ??
    (pending
      ? null
      : approvalEnd({
          answered: approve.data?.state ?? deny.data?.state ?? null,
          refused: refused?.code ?? null,
          lastTry: usedUp || wrong.length > 1,
          waits,
          leftMs,
        }));
  useEffect(() => setEnded(end), [end]);

  const choose = (number: number) => {
    deny.reset();
    approve.mutate(
      { id: approval.id, number, rememberMs },
      {
        onError({ view }) {
          if (view.code !== 'number_wrong') return;
          setWrong((before) => [...before, number]);
          setUsedUp(approval.triesLeft <= 1);
        },
      },
    );
  };

  if (end !== null)
    return <ApprovalEnded end={end} approval={approval} next={next} onNext={onNext} onClose={onClose} />;
  return (
    <div className={classes.question}>
      <div className={classes.request}>
        <Requester client={approval.client}>
          <Text className={classes.name ?? ''}>
            <ClientName client={approval.client} />
          </Text>
        </Requester>
        <RequestedScopes approval={approval} />
        <RequestFacts approval={approval} />
        <RememberChoice approval={approval} value={rememberMs} onChange={setRememberMs} />
      </div>
      <ApprovalAnswer
        approval={approval}
        wrong={wrong}
        pending={pending}
        refused={refused}
        onChoose={choose}
        onDeny={() => deny.mutate({ id: approval.id })}
      />
    </div>
  );
}
