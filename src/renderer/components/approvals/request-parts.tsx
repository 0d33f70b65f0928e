import { Stack, Text } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import type { ApprovalView } from '../../../shared/client-views.ts';
import { isClaim, placeOfHost } from '../../words/clients.ts';
import { Fact, Facts } from '../fact.tsx';
import { ObservedProcess } from '../observed-process.tsx';
import { Registration } from '../registration.tsx';
import { ResourceName } from '../resource-name.tsx';
import { ScopeList } from '../scope-list.tsx';
import classes from './approval-dialog.module.css';

/**
 * Who asks, with the caution that a name deserves.
 *
 * @param children the name, as large as its place wants it
 */
export function Requester({ client, children }: { client: ApprovalView['client']; children: ReactNode }) {
  return (
    <div className={classes.requester}>
      {isClaim(client.kind) && client.name !== null && (
        <Text size="sm" c="dimmed">
          It calls itself
        </Text>
      )}
      {children}
      <Registration client={client} caution />
    </div>
  );
}

/** What it would get, and what it has. */
export function RequestedScopes({ approval: { scopes, held } }: { approval: ApprovalView }) {
  const id = useId();
  return (
    <Stack gap="md">
      <div className={classes.scopes}>
        <Text id={id} fw={600} size="sm" mb={4}>
          {held.length === 0 ? 'It would be allowed to' : 'In addition, it would be allowed to'}
        </Text>
        <ScopeList scopes={scopes} labelledBy={id} />
      </div>
      {held.length > 0 && (
        <div className={`${classes.scopes} ${classes.held}`}>
          <Text id={`${id}-held`} fw={600} size="sm" mb={4}>
            It is allowed already, and stays allowed, to
          </Text>
          <ScopeList scopes={held} labelledBy={`${id}-held`} />
        </div>
      )}
    </Stack>
  );
}

/** Where it would be allowed that, until when, and where the request comes from. */
export function RequestFacts({ approval }: { approval: ApprovalView }) {
  const { resource, redirectHost, process } = approval;
  return (
    <Facts>
      <Fact label="Where">
        <ResourceName resource={resource} />
      </Fact>
      {/* Most programs renew their tokens, asked for or not: nothing shorter may be promised. */}
      <Fact label="Until">you revoke it, or it is not used for a long time</Fact>
      <Fact label="Answer goes to">
        {redirectHost === null ? 'the program that showed you the code to type' : placeOfHost(redirectHost)}
      </Fact>
      <Fact label="Seen asking">
        <ObservedProcess process={process} />
      </Fact>
    </Facts>
  );
}
