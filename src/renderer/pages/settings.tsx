import { Skeleton } from '@mantine/core';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Page, Section } from '../components/page.tsx';
import { ResourceServers } from '../components/resource-servers.tsx';
import { ColorSchemeRow, CurrentVersionRow, IntervalRow, SwitchRow } from '../components/setting-rows.tsx';
import { SigningKeys } from '../components/signing-keys.tsx';
import { TrackeepInstances } from '../components/trackeep-instances.tsx';
import { TrackingSettings } from '../components/tracking/tracking-settings.tsx';
import { VaultSettings } from '../components/vault-settings.tsx';
import { useView } from '../data/app-link.tsx';

/** What the person chose. Every change is saved at once. */
export function SettingsPage() {
  const query = useView('settings.get');
  const settings = query.data;
  return (
    <Page name="Settings" title="Settings" lead="Changes are saved at once.">
      {query.error && !settings ? (
        <ErrorNotice error={query.error.view} onRetry={() => void query.refetch()} retrying={query.isFetching} />
      ) : !settings ? (
        <>
          <Skeleton height={380} />
          <Skeleton height={220} />
        </>
      ) : (
        <>
          <Section title="Updates">
            <SwitchRow
              settings={settings}
              field="automaticChecks"
              label="Check for updates"
              description="At the start and on schedule."
            />
            <IntervalRow
              settings={settings}
              label="How often"
              description="Each check is a little early or late on purpose."
            />
            <SwitchRow
              settings={settings}
              field="prereleases"
              label="Offer prereleases"
              description="Versions that their maintainers still try out."
            />
            <CurrentVersionRow
              settings={settings}
              label="Your Trackeep version"
              description="What newer versions are measured against."
            />
          </Section>
          <Section title="This app">
            <SwitchRow
              settings={settings}
              field="notifications"
              label="Notifications"
              description="When a program asks for access, when a sign-in is needed again, and when a newer Trackeep is out."
            />
            {settings.startAtLogin !== null && (
              <SwitchRow
                settings={settings}
                field="startAtLogin"
                label="Start at login"
                description="Hidden in the tray, ready when you need it."
              />
            )}
            <ColorSchemeRow
              settings={settings}
              label="Appearance"
              description="Light, dark, or as your system has it."
            />
          </Section>
          <TrackingSettings settings={settings} />
          <TrackeepInstances settings={settings} />
          <ResourceServers settings={settings} />
        </>
      )}
      <VaultSettings />
      <SigningKeys />
    </Page>
  );
}
