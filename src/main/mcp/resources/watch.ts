import { createHash } from 'node:crypto';
import type { Bus } from '../../core/bus.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Resources } from './resources.ts';

/** While much changes, a reader is told of it no more often. */
const LOOK_MS = 2_000;

/** Notices when what a subscriber reads has become something else. */
export interface Watch {
  /** Resolves once every change from now on will be told of. @returns ends it */
  add(uris: readonly string[]): Promise<() => void>;
  close(): void;
}

/**
 * The bus says that something stored has changed, and not what. So the resources that somebody watches are read again and
 * compared by a digest; nobody watches, nothing is read.
 *
 * @param parts.changed is told which resource is another now
 */
export function createWatch(parts: {
  resources: Pick<Resources, 'content'>;
  bus: Pick<Bus, 'on'>;
  clock: Clock;
  logger: Logger;
  changed(uri: string): void;
}): Watch {
  const { resources, bus, clock, logger, changed } = parts;
  const watched = new Map<string, { readers: number; digest: string | null }>();
  let timer: Timer | null = null;
  let looking = false;
  let again = false;

  const digestOf = async (uri: string) => {
    const content = await resources.content(uri);
    return content === null ? null : createHash('sha256').update(content).digest('base64url');
  };

  const look = async () => {
    timer = null;
    looking = true;
    for (const [uri, known] of watched) {
      try {
        const digest = await digestOf(uri);
        if (digest === known.digest) continue;
        known.digest = digest;
        if (known.readers > 0) changed(uri);
      } catch (error) {
        logger.debug('a watched resource could not be read', { uri, error });
      }
    }
    looking = false;
    if (again) soon();
  };

  const soon = () => {
    again = looking;
    if (looking || timer !== null || watched.size === 0) return;
    timer = clock.after(LOOK_MS, () => void look());
  };
  const stopListening = bus.on('tracking', soon);

  return {
    async add(uris) {
      const joined = new Set<string>();
      const leave = () => {
        for (const uri of joined) {
          const known = watched.get(uri);
          if (!known) continue;
          known.readers -= 1;
          if (known.readers === 0) watched.delete(uri);
        }
        joined.clear();
      };
      try {
        for (const uri of new Set(uris)) {
          const known = watched.get(uri);
          const entry = known ?? { readers: 0, digest: null };
          entry.readers += 1;
          watched.set(uri, entry);
          joined.add(uri);
          if (!known) entry.digest = await digestOf(uri);
        }
      } catch (error) {
        leave();
        throw error;
      }
      return leave;
    },
    close() {
      stopListening();
      timer?.cancel();
      watched.clear();
    },
  };
}
