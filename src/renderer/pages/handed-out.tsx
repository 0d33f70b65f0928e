import { ConnectionsNav } from '../components/connections/connections-nav.tsx';
import { AuditSection } from '../components/handed-out/audit-section.tsx';
import { ExportsSection } from '../components/handed-out/exports-section.tsx';
import { Page } from '../components/page.tsx';

/** What has left the vault: copies that are kept current, and every token that was given out. */
export function HandedOutPage() {
  return (
    <Page
      nav={<ConnectionsNav />}
      name="Handed out"
      title="Handed out"
      lead="Every token that left the vault: who got it, for what, and until when."
    >
      <ExportsSection />
      <AuditSection />
    </Page>
  );
}
