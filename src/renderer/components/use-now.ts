import { useEffect, useState } from 'react';

/**
 * The wall clock, which renders again as it moves.
 *
 * @param everyMs how often; 0 stops it
 * @returns ms since the epoch
 */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === 0) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
