import { Text, VisuallyHidden } from '@mantine/core';
import {
  IconApps,
  IconBooks,
  IconGauge,
  IconGitPullRequest,
  IconHeartbeat,
  IconPackage,
  IconPlugConnected,
  IconSettings,
  IconShieldCheck,
  IconSparkles,
  IconTimeline,
} from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import type { Attention } from '../../shared/app-views.ts';
import { useView } from '../data/app-link.tsx';
import { BrandMark } from './brand.tsx';
import classes from './navigation.module.css';

type Page = Attention['page'] | 'status';

const PAGES: readonly { page: Page; label: string; Icon: typeof IconApps }[] = [
  { page: 'welcome', label: 'Get started', Icon: IconSparkles },
  { page: 'status', label: 'Status', Icon: IconGauge },
  { page: 'approvals', label: 'Approvals', Icon: IconShieldCheck },
  { page: 'activity', label: 'Activity', Icon: IconTimeline },
  { page: 'pull-requests', label: 'Pull requests', Icon: IconGitPullRequest },
  { page: 'repositories', label: 'Repositories', Icon: IconBooks },
  { page: 'connections', label: 'Connections', Icon: IconPlugConnected },
  { page: 'clients', label: 'Clients', Icon: IconApps },
  { page: 'updates', label: 'Updates', Icon: IconPackage },
  { page: 'settings', label: 'Settings', Icon: IconSettings },
  { page: 'doctor', label: 'Doctor', Icon: IconHeartbeat },
];

/** The way between pages. Where something waits for the person, the page that settles it is marked. */
export function Navigation() {
  const [location] = useLocation();
  const status = useView('status.get').data;
  const approvals = useView('approvals.list').data?.length ?? 0;
  const waiting: { readonly [page in Page]?: number } = {
    approvals,
    'pull-requests': status?.tracking.waiting ?? 0,
  };
  const newcomer = status?.connections.length === 0;
  return (
    <nav className={classes.navigation} aria-label="Pages">
      <div className={classes.brand}>
        <BrandMark size={24} />
        <Text fw={600}>Trackeep Tray</Text>
      </div>
      <ul className={classes.pages}>
        {PAGES.filter(({ page }) => page !== 'welcome' || newcomer).map(({ page, label, Icon }) => {
          const number = waiting[page] ?? 0;
          const waits = page !== 'welcome' && status?.attention.some((item) => item.page === page);
          return (
            <li key={page}>
              <Link
                href={`/${page}`}
                className={classes.page ?? ''}
                aria-current={location.split('/')[1] === page ? 'page' : undefined}
              >
                <Icon size={20} stroke={1.6} aria-hidden />
                <span className={classes.label}>{label}</span>
                {number > 0 ? (
                  <span className={classes.count}>
                    <span aria-hidden="true">{number}</span>
                    <VisuallyHidden>
                      ({number} {number === 1 ? 'waits' : 'wait'} for you)
                    </VisuallyHidden>
                  </span>
                ) : (
                  waits && (
                    <span className={classes.waits}>
                      <VisuallyHidden>(waits for you)</VisuallyHidden>
                    </span>
                  )
                )}
              </Link>
            </li>
          );
        })}
      </ul>
      <Text size="xs" c="dimmed" className={classes.foot ?? ''}>
        {status?.app.demo && (
          <>
            Demo: nothing here is real.
            <br />
          </>
        )}
        {status ? `Version ${status.app.version}` : '\u00a0'}
      </Text>
    </nav>
  );
}
