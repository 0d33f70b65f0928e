import { Button, EmptyState } from '@mantine/core';
import { useLocation } from 'wouter';
import { useView } from '../../data/app-link.tsx';
import type { Empty } from './paged.tsx';

/** What a page says that has nothing to show: why, and what helps. */
export function TrackingEmpty({ icon, title, description, onClear }: Empty) {
  const [, navigate] = useLocation();
  const accounts = useView('tracking.get').data?.accounts;
  if (onClear) {
    return (
      <EmptyState
        icon={icon}
        title="Nothing fits"
        description="Nothing of what is here fits what you asked for."
        py="xl"
      >
        <Button variant="default" onClick={onClear}>
          Show everything
        </Button>
      </EmptyState>
    );
  }
  if (accounts?.length === 0) {
    return (
      <EmptyState
        icon={icon}
        title="No GitHub account is connected"
        description="Connect one, and its repositories are fetched to this machine. They go nowhere else."
        py="xl"
      >
        <Button onClick={() => navigate('/connections')}>Open Connections</Button>
      </EmptyState>
    );
  }
  return <EmptyState icon={icon} title={title} description={description} py="xl" />;
}
