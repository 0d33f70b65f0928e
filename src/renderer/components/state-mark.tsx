import {
  IconAlertTriangle,
  IconCircleArrowUp,
  IconCircleCheck,
  IconCircleDot,
  IconCircleX,
  IconCloudOff,
  IconHelpCircle,
  IconLock,
  IconPlayerPause,
  IconRefresh,
} from '@tabler/icons-react';
import type { Shape, StateWords } from '../words/states.ts';
import classes from './state-mark.module.css';

const SHAPES: Record<Shape, typeof IconCircleCheck> = {
  check: IconCircleCheck,
  cross: IconCircleX,
  turning: IconRefresh,
  pause: IconPlayerPause,
  cut: IconCloudOff,
  triangle: IconAlertTriangle,
  lock: IconLock,
  question: IconHelpCircle,
  arrow: IconCircleArrowUp,
  dot: IconCircleDot,
};

/** A state as a shape and a word. The colour only underlines what both say already. */
export function StateMark({ word, shape, tone, size = 18 }: StateWords & { size?: number }) {
  return (
    <span className={classes.mark} data-tone={tone}>
      <StateShape shape={shape} tone={tone} size={size} />
      <span>{word}</span>
    </span>
  );
}

/** The shape alone, for beside a text that says the same. */
export function StateShape({ shape, tone, size = 18 }: Omit<StateWords, 'word'> & { size?: number }) {
  const Icon = SHAPES[shape];
  return <Icon size={size} stroke={1.75} aria-hidden className={classes.shape} data-tone={tone} data-shape={shape} />;
}
