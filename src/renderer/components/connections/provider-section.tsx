import { Button, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { Platform, ProviderView } from '../../../shared/connection-views.ts';
import { useView } from '../../data/app-link.tsx';
import { PROVIDER_NAMES, SIGN_IN_WAYS } from '../../words/states.ts';
import { Section } from '../page.tsx';
import { useSignIn } from '../sign-in/sign-in-context.ts';

/**
 * One provider: whether it is set up, the ways to connect an account, and the accounts.
 *
 * @param provider null where the app offers no new sign-in there, or has not said so yet
 * @param cards of the accounts
 */
export function ProviderSection({
  platform,
  provider,
  cards,
}: {
  platform: Platform;
  provider: ProviderView | null;
  cards: ReactNode[];
}) {
  const demo = useView('status.get').data?.app.demo === true;
  // The demo comes with an app at each emulator it has. Setting up another provider would lead to its real address.
  const offered = demo && provider?.ways.length === 0 ? null : provider;
  const nothing = offered ? nothingYet(offered) : provider && 'Not part of the demo.';
  return (
    <Section
      bare
      title={PROVIDER_NAMES[platform]}
      description={cards.length === 0 && nothing !== null ? nothing : undefined}
      actions={offered !== null && <Ways provider={offered} first={cards.length === 0} />}
    >
      {cards.length > 0 && <Stack>{cards}</Stack>}
    </Section>
  );
}

function nothingYet({ name, ways, secret, clientId }: ProviderView): ReactNode {
  if (ways.length > 0) return 'Set up. No account is connected.';
  if (clientId !== null && secret !== 'none') return 'The client secret of your app is still missing.';
  return `Not set up. It takes an app of your own at ${name}, made in two minutes.`;
}

/** A button for each way that works, and the set-up. */
function Ways({ provider, first }: { provider: ProviderView; first: boolean }) {
  const signIn = useSignIn();
  const [, navigate] = useLocation();
  const { platform, name, ways, needsApp } = provider;
  const best = first ? `Connect ${name}` : 'Add another account';
  const other = first ? 'Connect' : 'Add one';
  return (
    <>
      {ways.map((way, index) => (
        <Button key={way} variant="default" onClick={() => signIn.start(platform, way)}>
          {index === 0 ? best : `${other} ${SIGN_IN_WAYS[way]}`}
        </Button>
      ))}
      {needsApp && (
        <Button
          variant={ways.length === 0 ? 'default' : 'subtle'}
          aria-label={`Set up ${name}`}
          onClick={() => navigate(`/connections/setup/${platform}`)}
        >
          Set up
        </Button>
      )}
    </>
  );
}
