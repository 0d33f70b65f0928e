import { AppRegistration } from '../components/app-registration.tsx';
import { LoadedProvider } from '../components/loaded-provider.tsx';
import { Page, Section } from '../components/page.tsx';
import { ProviderForm } from '../components/provider-form.tsx';

/** Setting up, or changing, the person's own app at GitHub. */
export function ProviderPage() {
  return (
    <Page
      name="Set up GitHub"
      title="Set up GitHub"
      lead="The app at GitHub through which Trackeep Tray signs you in. A change applies to the next sign-in."
    >
      <LoadedProvider height={420}>
        {(github) => (
          <>
            <Section title="Client">
              <ProviderForm provider={github} submitLabel="Save" />
            </Section>
            <Section title="Making one">
              <AppRegistration provider={github} />
            </Section>
          </>
        )}
      </LoadedProvider>
    </Page>
  );
}
