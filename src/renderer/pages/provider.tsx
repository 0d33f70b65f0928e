import { Text } from '@mantine/core';
import type { Platform, ProviderView } from '../../shared/connection-views.ts';
import { AppRegistration } from '../components/app-registration.tsx';
import { AskedScopes } from '../components/connections/asked-scopes.tsx';
import { LoadedProvider } from '../components/loaded-provider.tsx';
import { Page, Section } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { ProviderForm } from '../components/provider-form.tsx';
import { PROVIDER_NAMES } from '../words/states.ts';

/** Setting up, or changing, the person's own app at a provider. @param platform as the address has it */
export function ProviderPage({ platform }: { platform: string }) {
  if (!isPlatform(platform)) return <UnknownProvider />;
  const name = PROVIDER_NAMES[platform];
  return (
    <Page
      name={`Set up ${name}`}
      title={`Set up ${name}`}
      lead={`The app at ${name} through which Trackeep Tray signs you in. A change applies to the next sign-in.`}
    >
      <LoadedProvider platform={platform} height={420}>
        {(provider) => (provider.needsApp ? <OwnApp key={platform} provider={provider} /> : <NoAppNeeded />)}
      </LoadedProvider>
    </Page>
  );
}

function OwnApp({ provider }: { provider: ProviderView }) {
  return (
    <>
      <Section title="Client">
        <ProviderForm provider={provider} submitLabel="Save" />
      </Section>
      <Section title="Making one">
        <AppRegistration provider={provider} />
      </Section>
      <Section
        title="What Trackeep Tray asks for"
        description={`${provider.name} shows you the same when you sign in, and you can take it back there.`}
      >
        <AskedScopes scopes={provider.scopes} />
      </Section>
    </>
  );
}

function NoAppNeeded() {
  return (
    <Text>
      There is nothing to set up: one app serves everybody. <PageLink href="/connections">Connect an account</PageLink>
    </Text>
  );
}

function UnknownProvider() {
  return (
    <Page name="Set up" title="There is no such provider">
      <Text>
        <PageLink href="/connections">See which there are</PageLink>
      </Text>
    </Page>
  );
}

function isPlatform(text: string): text is Platform {
  return Object.hasOwn(PROVIDER_NAMES, text);
}
