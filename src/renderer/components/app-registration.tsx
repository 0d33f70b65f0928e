import { Stack, Text } from '@mantine/core';
import type { ProviderView } from '../../shared/views.ts';
import { Copyable } from './copy.tsx';
import { ExternalButton } from './external-link.tsx';
import { Fact, Facts } from './fact.tsx';

/** How to make an app of one's own at GitHub: what to enter there, ready to copy. */
export function AppRegistration({ provider }: { provider: ProviderView }) {
  return (
    <Stack gap="md">
      <Text>
        Trackeep Tray signs in through an app that belongs to you, so nobody else stands between you and {provider.name}
        . It takes two minutes, once.
      </Text>
      <div>
        <ExternalButton href={provider.registrationUrl}>Make a GitHub App</ExternalButton>
      </div>
      <Facts>
        <Fact label="App name">Any you like. GitHub wants it to be unique.</Fact>
        <Fact label="Homepage URL">
          <Copyable value={provider.address} what="the homepage URL" />
        </Fact>
        <Fact label="Callback URL">
          <Copyable value={provider.callbackUrl} what="the callback URL" />
        </Fact>
        <Fact label="Device flow">
          Tick <b>Enable Device Flow</b>.
        </Fact>
        <Fact label="Webhook">
          Untick <b>Active</b>.
        </Fact>
        <Fact label="Permissions">None are needed to watch releases.</Fact>
      </Facts>
    </Stack>
  );
}
