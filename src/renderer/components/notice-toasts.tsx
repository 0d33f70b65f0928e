import { Anchor } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { Link } from 'wouter';
import type { NoticeView } from '../../shared/views.ts';
import { useDoor, useNotices, useView } from '../data/app-link.tsx';
import type { Shape, Tone } from '../words/states.ts';
import { StateShape } from './state-mark.tsx';

const MARKS: Record<NoticeView['kind'], { shape: Shape; tone: Tone }> = {
  info: { shape: 'dot', tone: 'working' },
  success: { shape: 'check', tone: 'good' },
  warning: { shape: 'triangle', tone: 'warning' },
};

/** Shows the app's notices on the page. Only on the web: the desktop shows them as notifications of the system. */
export function NoticeToasts() {
  const { door } = useDoor();
  const wanted = useView('settings.get').data?.notifications ?? true;
  const show = useCallback(
    (notice: NoticeView) => {
      if (door !== 'web' || !wanted) return;
      notifications.show({
        title: notice.title,
        message: <NoticeText notice={notice} />,
        icon: <StateShape {...MARKS[notice.kind]} size={20} />,
        color: 'transparent',
        autoClose: 8_000,
        closeButtonProps: { 'aria-label': 'Dismiss' },
      });
    },
    [door, wanted],
  );
  useNotices(show);
  return null;
}

function NoticeText({ notice }: { notice: NoticeView }) {
  return (
    <>
      {notice.body}
      {notice.page !== null && (
        <>
          {' '}
          <Anchor component={Link} href={`/${notice.page}`} inherit underline="always">
            Show
          </Anchor>
        </>
      )}
    </>
  );
}
