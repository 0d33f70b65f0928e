import { Skeleton } from '@mantine/core';
import { AppRegistration } from '../components/app-registration.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Page, Section } from '../components/page.tsx';
import { ProviderForm } from '../components/provider-form.tsx';
import { useView } from '../data/app-link.tsx';

/** Setting up, or changing, the person's own app at GitHub. */
export function ProviderPage() {
  const providers = useView('providers.list');
  const github = providers.data?.find(({ platform }) => platform === 'github');
  return (
    <Page
      name="Set up GitHub"
      title="Set up GitHub"
      lead="The app at GitHub through which Trackeep Tray signs you in. A change applies to the next sign-in."
    >
      {providers.error && !github ? (
        <ErrorNotice
          error={providers.error.view}
          onRetry={() => void providers.refetch()}
          retrying={providers.isFetching}
        />
      ) : !github ? (
        <Skeleton height={420} />
      ) : (
        <>
          <Section title="Client">
            <ProviderForm provider={github} submitLabel="Save" />
          </Section>
          <Section title="Making one">
            <AppRegistration provider={github} />
          </Section>
        </>
      )}
    </Page>
  );
}
