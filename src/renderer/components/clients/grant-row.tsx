import { Button, Group, Stack } from '@mantine/core';
import type { GrantView } from '../../../shared/client-views.ts';
import { placeOfHost } from '../../words/clients.ts';
import { Fact, Facts } from '../fact.tsx';
import { ResourceName } from '../resource-name.tsx';
import { ScopeList } from '../scope-list.tsx';
import { Time } from '../time.tsx';
import { useNow } from '../use-now.ts';
import classes from './grant-row.module.css';

/** One thing that a program was allowed, with its times. */
export function GrantRow({ grant, onRevoke }: { grant: GrantView; onRevoke: () => void }) {
  const now = useNow(30_000);
  const isRemembered = grant.rememberedUntil !== null && Date.parse(grant.rememberedUntil) > now;
  return (
    <li className={classes.grant}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="sm">
          <div className={classes.resource}>
            <ResourceName resource={grant.resource} />
          </div>
          <Button variant="default" size="xs" c="var(--tone-bad)" onClick={onRevoke}>
            Revoke…
          </Button>
        </Group>
        <ScopeList scopes={grant.scopes} />
        <Facts>
          <Fact label="Allowed">
            <Time iso={grant.approvedAt} />
            {grant.redirectHost === null
              ? ', by a code that you typed'
              : `, through ${placeOfHost(grant.redirectHost)}`}
          </Fact>
          <Fact label="Last used">{grant.lastUsedAt === null ? 'never' : <Time iso={grant.lastUsedAt} />}</Fact>
          <Fact label="Ends">
            <Time iso={grant.expiresAt} />, unless it is used before
          </Fact>
          <Fact label="Asks you">
            {isRemembered && grant.rememberedUntil !== null ? (
              <>
                again <Time iso={grant.rememberedUntil} />; until then the same is allowed without asking
              </>
            ) : (
              'each time'
            )}
          </Fact>
        </Facts>
      </Stack>
    </li>
  );
}
