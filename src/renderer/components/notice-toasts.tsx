import { Anchor, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { Link, useLocation } from 'wouter';
import type { NoticeView } from '../../shared/app-views.ts';
import { useDoor, useNotices, useView } from '../data/app-link.tsx';
import type { Shape, Tone } from '../words/states.ts';
import { StateShape } from './state-mark.tsx';

const MARKS: Record<NoticeView['kind'], { shape: Shape; tone: Tone; color: string }> = {
  info: { shape: 'dot', tone: 'working', color: 'accent' },
  success: { shape: 'check', tone: 'good', color: 'teal' },
  warning: { shape: 'triangle', tone: 'warning', color: 'orange' },
};

/**
 * Shows the app's notices on the page. Only on the web: the desktop shows them as notifications of the system. What
 * the page that is open says already is not said twice, nor what the approval dialog or its banner says.
 */
export function NoticeToasts() {
  const { door } = useDoor();
  const [location] = useLocation();
  const wanted = useView('settings.get').data?.notifications ?? true;
  const show = useCallback(
    (notice: NoticeView) => {
      if (door !== 'web' || !wanted || location === `/${notice.page}` || notice.page === 'approvals') return;
      const { shape, tone, color } = MARKS[notice.kind];
      notifications.show({
        title: (
          <Group component="span" gap="xs" wrap="nowrap">
            <StateShape shape={shape} tone={tone} />
            <span>{notice.title}</span>
          </Group>
        ),
        message: <NoticeText notice={notice} />,
        color,
        withBorder: true,
        autoClose: 8_000,
        closeButtonProps: { 'aria-label': 'Dismiss' },
      });
    },
    [door, wanted, location],
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
