import { Skeleton, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Pages } from '../../data/tracking.ts';
import { ErrorNotice } from '../error-notice.tsx';
import { TrackingEmpty } from './tracking-empty.tsx';

/** What a list says when there is nothing in it. */
export interface Empty {
  icon: ReactNode;
  title: string;
  description: string;
  /** Shows everything again, where the person asked for less than there is. */
  onClear?: (() => void) | undefined;
}

/**
 * A list that is read page by page, in each of its states.
 *
 * @param height of the place that is kept for it until it is here, px
 */
export function Paged<T>({
  pages,
  empty,
  height,
  children,
}: {
  pages: Pages<T>;
  empty: Empty;
  height: number;
  children: (items: T[]) => ReactNode;
}) {
  const { items, error, isFetching, isReadingOn, retry, readOn } = pages;
  if (!items) {
    return error ? (
      <ErrorNotice error={error.view} onRetry={retry} retrying={isFetching} />
    ) : (
      <Skeleton height={height} />
    );
  }
  if (items.length === 0) return <TrackingEmpty {...empty} />;
  return (
    <>
      {children(items)}
      {error ? (
        <ErrorNotice error={error.view} onRetry={readOn} retrying={isReadingOn} />
      ) : (
        isReadingOn && (
          <Text size="sm" c="dimmed" role="status">
            More is coming…
          </Text>
        )
      )}
    </>
  );
}
