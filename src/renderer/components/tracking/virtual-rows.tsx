import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import classes from './virtual-rows.module.css';

/** Rows kept ready beyond both edges, so that the Tab key finds the next one. */
const OVERSCAN = 10;
/** More is asked for when the reader comes this close to the end, rows. */
const AHEAD = 30;

/**
 * A long list of which only the part in sight is drawn. The page scrolls, not the list.
 *
 * @param keyOf names a row, so that it keeps its place when others come before it
 * @param estimate the usual height of a row, px
 * @param as rows of a table, or a list
 * @param onEnd called when the end comes near
 */
export function VirtualRows<T>({
  items,
  keyOf,
  estimate,
  as,
  label,
  rowClassName,
  onEnd,
  children,
}: {
  items: readonly T[];
  keyOf: (item: T) => string | number;
  estimate: number;
  as: 'table' | 'list';
  /** What the list is of. */
  label?: string;
  rowClassName?: string | undefined;
  onEnd: () => void;
  children: (item: T) => ReactNode;
}) {
  const list = useRef<HTMLElement>(null);
  const [margin, setMargin] = useState(0);

  // Where the list begins within what scrolls changes with everything above it.
  useLayoutEffect(() => {
    const element = list.current;
    const scroller = element?.closest('main');
    const column = scroller?.firstElementChild;
    if (!element || !scroller || !column) return;
    const measure = () =>
      setMargin(
        Math.round(element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop),
      );
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(column);
    return () => observer.disconnect();
  }, []);

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => list.current?.closest('main') ?? null,
    estimateSize: () => estimate,
    getItemKey: (index) => keyOf(items[index] as T),
    overscan: OVERSCAN,
    scrollMargin: margin,
  });
  const rows = virtualizer.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;

  useEffect(() => {
    if (items.length > 0 && last >= items.length - AHEAD) onEnd();
  }, [last, items.length, onEnd]);

  // What comes before the rows in sight must not push them away: the browser's own anchoring does not see rows that are
  // placed by hand.
  const inSight = useRef<{ key: string | number; start: number } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only other rows move the ones in sight
  useLayoutEffect(() => {
    const scroller = list.current?.closest('main');
    const before = inSight.current;
    if (!scroller || !before || scroller.scrollTop <= margin) return;
    const index = items.findIndex((item) => keyOf(item) === before.key);
    const start = virtualizer.measurementsCache[index]?.start;
    if (start === undefined) return;
    scroller.scrollTop += start - before.start;
    // Until the browser tells of it, the virtualizer would correct a row's height from where the page was before.
    virtualizer.scrollOffset = scroller.scrollTop;
  }, [items]);
  useLayoutEffect(() => {
    const offset = virtualizer.scrollOffset ?? 0;
    const first = rows.find(({ end }) => end > offset);
    inSight.current = first ? { key: first.key as string | number, start: first.start } : null;
  });

  const Rows = as === 'table' ? 'tbody' : 'ul';
  const Row = as === 'table' ? 'tr' : 'li';
  return (
    <Rows
      ref={(element: HTMLElement | null) => {
        list.current = element;
      }}
      className={classes.rows}
      style={{ height: virtualizer.getTotalSize() }}
      aria-label={label}
    >
      {rows.map(({ index, key, start }) => (
        <Row
          key={key}
          ref={virtualizer.measureElement}
          data-index={index}
          className={`${classes.row} ${rowClassName ?? ''}`}
          style={{ transform: `translateY(${start - margin}px)` }}
          // The heading is the first row of a table.
          {...(as === 'table'
            ? { 'aria-rowindex': index + 2 }
            : { 'aria-posinset': index + 1, 'aria-setsize': items.length })}
        >
          <Content item={items[index] as T} render={children} />
        </Row>
      ))}
    </Rows>
  );
}

/** While the page scrolls, the rows in sight move and stay as they are: drawing all of them with every frame costs frames. */
const Content = memo(({ item, render }: ContentProps<unknown>) => render(item)) as <T>(
  props: ContentProps<T>,
) => ReactNode;

interface ContentProps<T> {
  item: T;
  render(item: T): ReactNode;
}
