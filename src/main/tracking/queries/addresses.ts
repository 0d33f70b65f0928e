import type { EventView } from '../../../shared/tracking-views.ts';

/** Addresses of pages at GitHub. Every name was written by others, so each is a part of a path and no more. */
export interface Addresses {
  repository(at: Named): string;
  commit(at: Named, oid: string): string;
  commits(at: Named): string;
  branch(at: Named, name: string): string;
  pullRequest(at: Named, number: number): string;
  release(at: Named, tag: string): string;
  /** The page that shows best what happened. */
  event(at: Named, event: Pick<EventView, 'kind' | 'at' | 'number' | 'title' | 'after'>): string;
}

interface Named {
  host: string;
  owner: string;
  name: string;
}

/** @param githubUrl GitHub's address for people; another host is reached by https */
export function createAddresses(githubUrl: string): Addresses {
  const known = new URL(githubUrl);
  const part = (text: string) => {
    // A dot or two would lead out of the folder, encoded or not.
    if (text === '.' || text === '..') return '-';
    return encodeURIComponent(text.toWellFormed());
  };
  /** A branch may have slashes, which belong into the path. */
  const path = (name: string) => name.split('/').map(part).join('/');
  const repository = ({ host, owner, name }: Named) =>
    `${host === known.host ? githubUrl : `https://${host}`}/${part(owner)}/${part(name)}`;

  const addresses: Addresses = {
    repository,
    commit: (at, oid) => `${repository(at)}/commit/${part(oid)}`,
    commits: (at) => `${repository(at)}/commits`,
    branch: (at, name) => `${repository(at)}/tree/${path(name)}`,
    pullRequest: (at, number) => `${repository(at)}/pull/${number}`,
    release: (at, tag) => `${repository(at)}/releases/tag/${path(tag)}`,
    event(at, { kind, at: when, number, title, after }) {
      if (number !== null) return addresses.pullRequest(at, number);
      switch (kind) {
        case 'commits':
          return `${addresses.commits(at)}?since=${when.slice(0, 10)}&until=${when.slice(0, 10)}`;
        case 'release':
          return after === null ? `${repository(at)}/releases` : addresses.release(at, after);
        case 'branch_created':
        case 'branch_moved':
        case 'branch_forced':
          return title === null ? repository(at) : addresses.branch(at, title);
        case 'branch_deleted':
          return `${repository(at)}/branches`;
        case 'stars':
          return `${repository(at)}/stargazers`;
        case 'forks':
          return `${repository(at)}/forks`;
        case 'watchers':
          return `${repository(at)}/watchers`;
        case 'issues':
          return `${repository(at)}/issues`;
        default:
          return repository(at);
      }
    },
  };
  return addresses;
}
