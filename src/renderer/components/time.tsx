import { Tooltip } from '@mantine/core';
import { exactTime, relativeTime } from '../words/times.ts';
import { useNow } from './use-now.ts';

/** A time in words, with the exact time on hover. @param iso ISO 8601 */
export function Time({ iso }: { iso: string }) {
  const now = useNow(10_000);
  return (
    <Tooltip label={exactTime(iso)}>
      <time dateTime={iso}>{relativeTime(iso, now)}</time>
    </Tooltip>
  );
}
