import classes from './sparkline.module.css';

const HEIGHT = 24;
const BAR = 3;
const GAP = 1;

/**
 * Commits a week as small bars. Drawn by hand: a chart of the chart library in each of a thousand rows would take the
 * smoothness out of scrolling, and 26 bars need neither axes nor a tooltip.
 *
 * @param values the oldest first
 * @param label says the same in words
 */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(1, ...values);
  return (
    <svg
      className={classes.sparkline}
      width={values.length * (BAR + GAP)}
      height={HEIGHT}
      role="img"
      aria-label={label}
    >
      {values.map((value, index) => {
        // The root, so that one busy week does not press all others flat.
        const height = value === 0 ? 1 : Math.max(3, Math.round(Math.sqrt(value / most) * HEIGHT));
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the place in the row is what a week is
            key={index}
            x={index * (BAR + GAP)}
            y={HEIGHT - height}
            width={BAR}
            height={height}
            rx={1}
            className={value === 0 ? classes.none : undefined}
          />
        );
      })}
    </svg>
  );
}
