import { Button, Group, Stack, Text } from '@mantine/core';
import { IconBrandGithub } from '@tabler/icons-react';
import type { ProviderView } from '../../shared/connection-views.ts';
import { AppRegistration } from '../components/app-registration.tsx';
import { LoadedProvider } from '../components/loaded-provider.tsx';
import { Page, Section } from '../components/page.tsx';
import { ProviderForm } from '../components/provider-form.tsx';
import { useSignIn } from '../components/sign-in/sign-in-context.ts';

/** The first run: from nothing to a connected account. */
export function WelcomePage() {
  return (
    <Page
      name="Get started"
      title="Connect GitHub to begin"
      lead="Trackeep Tray signs you in once, keeps the token in your vault, keeps it fresh, and tells you when a newer Trackeep is out."
    >
      <LoadedProvider platform="github" height={260}>
        {(github) => (github.ways.length > 0 ? <Ready provider={github} /> : <SetUp provider={github} />)}
      </LoadedProvider>
    </Page>
  );
}

function Ready({ provider }: { provider: ProviderView }) {
  const signIn = useSignIn();
  const [best, ...others] = provider.ways;
  return (
    <Section title={`${provider.name} is set up`}>
      <Stack>
        <Text>
          {best === 'device'
            ? 'You get a short code to type at GitHub. Your password never passes through this app.'
            : 'GitHub opens in your browser and sends you back here. Your password never passes through this app.'}
        </Text>
        <Group>
          <Button
            size="lg"
            leftSection={<IconBrandGithub size={22} aria-hidden />}
            onClick={() => signIn.start(provider.platform, best)}
          >
            Connect {provider.name}
          </Button>
          {others.map((way) => (
            <Button key={way} size="lg" variant="default" onClick={() => signIn.start(provider.platform, way)}>
              {way === 'device' ? 'With a code instead' : 'In the browser instead'}
            </Button>
          ))}
        </Group>
      </Stack>
    </Section>
  );
}

function SetUp({ provider }: { provider: ProviderView }) {
  const signIn = useSignIn();
  return (
    <>
      <Section title="1. Make your own GitHub App">
        <AppRegistration provider={provider} />
      </Section>
      <Section title="2. Paste its client ID, and connect">
        <ProviderForm
          provider={provider}
          submitLabel="Save and connect"
          onSaved={(saved) => signIn.start(saved.platform, saved.ways[0])}
        />
      </Section>
    </>
  );
}
