import type { FlowView } from '../../src/shared/connection-views.ts';
import { type ConnectionsLab, type ConnectionsLabOptions, openConnectionsLab } from './connections-lab.ts';
import { ATLASSIAN_APP, type FakeAtlassian, type FakeAtlassianOptions, startFakeAtlassian } from './fake-atlassian.ts';
import { createManualClock } from './manual-clock.ts';

export const JIRA_CALLBACK = 'http://127.0.0.1:9090/oauth/callback/jira';

/** What the person does at Atlassian. */
export interface AtlassianVisit {
  account?: string;
  decision?: 'deny';
  /** Ids of the sites they choose; all of them, unless told. */
  sites?: string;
}

/** The connections room towards a fake Atlassian, beside the emulated GitHub. */
export interface AtlassianLab {
  lab: ConnectionsLab;
  readonly atlassian: FakeAtlassian;
  /** What the browser brings back. */
  browse(flow: FlowView, visit?: AtlassianVisit): Promise<URLSearchParams>;
  /** Signs in from the beginning to the end. */
  connect(visit?: AtlassianVisit): Promise<FlowView>;
  close(): Promise<void>;
}

export async function openAtlassianLab(
  options: Omit<FakeAtlassianOptions, 'clock' | 'redirectUri'> & Omit<ConnectionsLabOptions, 'clock'> = {},
): Promise<AtlassianLab> {
  const clock = createManualClock();
  const atlassian = await startFakeAtlassian({ ...options, clock, redirectUri: JIRA_CALLBACK });
  const jira = { authUrl: atlassian.url, apiUrl: atlassian.url, ...ATLASSIAN_APP, ...options.jira };
  const lab = await openConnectionsLab({ ...options, clock, jira });
  const here: AtlassianLab = {
    lab,
    atlassian,
    browse: ({ authorizationUrl }, visit = {}) => visitProvider(authorizationUrl, { ...visit }),
    async connect(visit) {
      const flow = await here.lab.connections.begin({ platform: 'jira', way: 'web' });
      const back = await here.lab.connections.callback('jira', await here.browse(flow, visit));
      if (!('id' in back)) throw new Error(back.error.message);
      return here.lab.connections.flow(flow.id);
    },
    async close() {
      await atlassian.close();
      await here.lab.close();
    },
  };
  return here;
}

/** Goes where a browser is sent, with the person's decisions, and comes back. */
export async function visitProvider(
  address: string | null,
  decisions: Record<string, string>,
): Promise<URLSearchParams> {
  const page = new URL(address ?? '');
  for (const [name, value] of Object.entries(decisions)) page.searchParams.set(name, value);
  const answer = await fetch(page, { redirect: 'manual' });
  if (answer.status !== 302) throw new Error(`the provider showed an error: ${await answer.text()}`);
  return new URL(answer.headers.get('location') ?? '').searchParams;
}
