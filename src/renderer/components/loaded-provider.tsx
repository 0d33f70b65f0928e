import { Skeleton, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Platform, ProviderView } from '../../shared/connection-views.ts';
import { useView } from '../data/app-link.tsx';
import { PROVIDER_NAMES } from '../words/states.ts';
import { ErrorNotice } from './error-notice.tsx';

/**
 * Draws a provider's set-up once it is known; before that a place of the same height, or why it cannot be known.
 *
 * @param height of what will be drawn, in px
 */
export function LoadedProvider({
  platform,
  height,
  children,
}: {
  platform: Platform;
  height: number;
  children: (provider: ProviderView) => ReactNode;
}) {
  const { data, error, isFetching, refetch } = useView('providers.list');
  const provider = data?.find((each) => each.platform === platform);
  if (provider) return children(provider);
  if (data) return <Text>Trackeep Tray does not sign in to {PROVIDER_NAMES[platform]} here.</Text>;
  if (error) return <ErrorNotice error={error.view} onRetry={() => void refetch()} retrying={isFetching} />;
  return <Skeleton height={height} />;
}
