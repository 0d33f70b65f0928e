import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Platform, ProviderView } from '../../shared/connection-views.ts';
import { APP_WORDS } from '../words/apps.ts';
import { Copyable } from './copy.tsx';
import { ExternalButton } from './external-link.tsx';
import { Fact, Facts } from './fact.tsx';

/** How to make an app of one's own at a provider: what to enter there, ready to copy. */
export function AppRegistration({ provider }: { provider: ProviderView }) {
  const Steps = STEPS[provider.platform];
  return (
    <Stack gap="md">
      <Text>
        Trackeep Tray signs in through an app that belongs to you, so nobody else stands between you and {provider.name}
        . It takes two minutes, once.
      </Text>
      <div>
        <ExternalButton href={provider.registrationUrl}>{APP_WORDS[provider.platform].make}</ExternalButton>
      </div>
      <Facts>
        <Steps provider={provider} />
      </Facts>
    </Stack>
  );
}

const STEPS: Record<Platform, (props: { provider: ProviderView }) => ReactNode> = {
  github: GitHubSteps,
  jira: JiraSteps,
  slack: SlackSteps,
  hq: CallbackStep,
};

function GitHubSteps({ provider }: { provider: ProviderView }) {
  return (
    <>
      <Fact label="App name">Any you like. GitHub wants it to be unique.</Fact>
      <Fact label="Homepage URL">
        <Copyable value={provider.address} what="the homepage URL" />
      </Fact>
      <CallbackStep provider={provider} />
      <Fact label="Device flow">
        Tick <b>Enable Device Flow</b>.
      </Fact>
      <Fact label="Webhook">
        Untick <b>Active</b>.
      </Fact>
      <Fact label="Permissions">None are needed to watch releases.</Fact>
    </>
  );
}

function JiraSteps({ provider }: { provider: ProviderView }) {
  return (
    <>
      <Fact label="App name">Any you like.</Fact>
      <CallbackStep provider={provider} under="Under Authorization, OAuth 2.0 (3LO)" />
      <Fact label="Permissions">
        Add the <b>Jira API</b>, the <b>Confluence API</b> and the <b>User identity API</b>, each with its scopes from
        the list below. Atlassian grants <code>offline_access</code> without being told.
      </Fact>
    </>
  );
}

function SlackSteps({ provider }: { provider: ProviderView }) {
  return (
    <>
      <Fact label="Workspace">
        Any that you may add apps to. The rest of the form is filled in: the scopes, the redirect URL and the rotation
        of tokens.
      </Fact>
      <CallbackStep provider={provider} under="It is there already; you need it only for an app that you have" />
      <Fact label="PKCE">
        Switched on in the app’s settings, it lets you sign in without a client secret. Slack does not switch it off
        again.
      </Fact>
    </>
  );
}

function CallbackStep({ provider, under }: { provider: ProviderView; under?: string }) {
  return (
    <Fact label="Callback URL">
      <Copyable value={provider.callbackUrl} what="the callback URL" />
      {under !== undefined && (
        <Text size="sm" c="dimmed">
          {under}.
        </Text>
      )}
    </Fact>
  );
}
