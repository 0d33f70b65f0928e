import type { TrackingChoice } from '../../../shared/tracking-views.ts';

/** What the choice looks at. */
export interface Candidate {
  owner: string;
  topics: readonly string[];
  fork: boolean;
  archived: boolean;
}

/**
 * Whether the person's choice takes a repository, once a listing of the kind that it names has shown it. GitHub's names
 * are the same in capitals and in small letters.
 */
export function isChosen(choice: TrackingChoice, { owner, topics, fork, archived }: Candidate): boolean {
  if (fork && !choice.forks) return false;
  if (archived && !choice.archived) return false;
  return names(choice.owners, [owner]) && names(choice.topics, topics);
}

function names(wanted: readonly string[], present: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const found = new Set(present.map((name) => name.toLowerCase()));
  return wanted.some((name) => found.has(name.toLowerCase()));
}
