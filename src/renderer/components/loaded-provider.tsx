import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ProviderView } from '../../shared/views.ts';
import { useView } from '../data/app-link.tsx';
import { ErrorNotice } from './error-notice.tsx';

/**
 * Draws GitHub's set-up once it is known; before that a place of the same height, or why it cannot be known.
 * @param props.height of what will be drawn, in px
 */
export function LoadedProvider({
  height,
  children,
}: {
  height: number;
  children: (github: ProviderView) => ReactNode;
}) {
  const { data, error, isFetching, refetch } = useView('providers.list');
  const github = data?.find(({ platform }) => platform === 'github');
  if (github) return children(github);
  if (error) return <ErrorNotice error={error.view} onRetry={() => void refetch()} retrying={isFetching} />;
  return <Skeleton height={height} />;
}
