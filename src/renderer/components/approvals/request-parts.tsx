import { Stack, Text } from '@mantine/core';
import { useId } from 'react';
import type { ApprovalView } from '../../../shared/views.ts';
import { CLIENT_KINDS, isClaim, placeOfHost } from '../../words/clients.ts';
import { ClientName } from '../client-name.tsx';
import { Fact, Facts } from '../fact.tsx';
import { ObservedProcess } from '../observed-process.tsx';
import { ResourceName } from '../resource-name.tsx';
import { ScopeList } from '../scope-list.tsx';
import { Time } from '../time.tsx';
import classes from './approval-dialog.module.css';

/** Who asks, with the caution that a name deserves. */
export function Requester({ approval: { client } }: { approval: ApprovalView }) {
  return (
    <div>
      {isClaim(client.kind) && client.name !== null && (
        <Text size="sm" c="dimmed">
          It calls itself
        </Text>
      )}
      <Text className={classes.name ?? ''}>
        <ClientName client={client} />
      </Text>
      <Registration client={client} caution />
    </div>
  );
}

/**
 * How the program came to be known, and when: what a stranger with a borrowed name cannot make older.
 *
 * @param caution adds what a name is worth, where something is about to be decided
 */
export function Registration({
  client: { kind, registeredAt },
  caution = false,
}: {
  client: Pick<ApprovalView['client'], 'kind' | 'registeredAt'>;
  caution?: boolean;
}) {
  return (
    <Text size="sm" c="dimmed" component="div">
      {CLIENT_KINDS[kind]}
      {registeredAt !== null && (
        <>
          {kind === 'dynamic' ? ' ' : ', first seen '}
          <Time iso={registeredAt} />
        </>
      )}
      .{isClaim(kind) && caution && ' Any program can take any name.'}
    </Text>
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
  const { resource, scopes, held, redirectHost, process } = approval;
  const staysSignedIn = scopes.includes('offline_access') || held.includes('offline_access');
  return (
    <Facts>
      <Fact label="Where">
        <ResourceName resource={resource} />
      </Fact>
      <Fact label="Until">{staysSignedIn ? 'you revoke it' : 'its token ends; then it has to ask again'}</Fact>
      <Fact label="Answer goes to">
        {redirectHost === null ? 'the program that showed you the code to type' : placeOfHost(redirectHost)}
      </Fact>
      <Fact label="Seen asking">
        <ObservedProcess process={process} />
      </Fact>
    </Facts>
  );
}
