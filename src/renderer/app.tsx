import { useMantineColorScheme } from '@mantine/core';
import { useEffect } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { ApprovalProvider } from './components/approvals/approval-provider.tsx';
import { NoticeToasts } from './components/notice-toasts.tsx';
import { Shell } from './components/shell.tsx';
import { SignInProvider } from './components/sign-in/sign-in.tsx';
import { UnlockProvider } from './components/unlock.tsx';
import { useLinkState, useView } from './data/app-link.tsx';
import { useTrackingChanges } from './data/tracking.ts';
import { ActivityPage } from './pages/activity.tsx';
import { ApprovalsPage } from './pages/approvals.tsx';
import { ClientsPage } from './pages/clients.tsx';
import { ConnectionsPage } from './pages/connections.tsx';
import { DoctorPage } from './pages/doctor.tsx';
import { GitHubAppsPage } from './pages/github-apps.tsx';
import { HandedOutPage } from './pages/handed-out.tsx';
import { ProviderPage } from './pages/provider.tsx';
import { PullRequestsPage } from './pages/pull-requests.tsx';
import { RepositoriesPage } from './pages/repositories.tsx';
import { RepositoryPage } from './pages/repository.tsx';
import { SessionRequiredPage } from './pages/session-required.tsx';
import { SettingsPage } from './pages/settings.tsx';
import { StatusPage } from './pages/status.tsx';
import { UpdatesPage } from './pages/updates.tsx';
import { WelcomePage } from './pages/welcome.tsx';

export function App() {
  useColorSchemeSetting();
  useTrackingChanges();
  if (useLinkState() === 'session_required') return <SessionRequiredPage />;
  return (
    <UnlockProvider>
      <SignInProvider>
        <ApprovalProvider>
          <NoticeToasts />
          <Shell>
            <Switch>
              <Route path="/welcome" component={WelcomePage} />
              <Route path="/status" component={StatusPage} />
              <Route path="/approvals" component={ApprovalsPage} />
              <Route path="/connections" component={ConnectionsPage} />
              <Route path="/connections/setup/:platform">
                {({ platform }) => <ProviderPage platform={platform} />}
              </Route>
              <Route path="/connections/github-apps" component={GitHubAppsPage} />
              <Route path="/connections/handed-out" component={HandedOutPage} />
              <Route path="/activity" component={ActivityPage} />
              <Route path="/repositories" component={RepositoriesPage} />
              <Route path="/repositories/:id">{({ id }) => <RepositoryPage key={id} id={Number(id)} />}</Route>
              <Route path="/pull-requests" component={PullRequestsPage} />
              <Route path="/clients" component={ClientsPage} />
              <Route path="/updates" component={UpdatesPage} />
              <Route path="/settings" component={SettingsPage} />
              <Route path="/doctor" component={DoctorPage} />
              <Route component={Home} />
            </Switch>
          </Shell>
        </ApprovalProvider>
      </SignInProvider>
    </UnlockProvider>
  );
}

/** Where a person begins: newcomers are welcomed, everybody else sees how things stand. */
function Home() {
  const status = useView('status.get');
  if (status.isPending) return null;
  return <Redirect to={status.data?.connections.length === 0 ? '/welcome' : '/status'} replace />;
}

/** The colour scheme is a setting of the app; Mantine keeps a copy, so that the next start does not flash. */
function useColorSchemeSetting() {
  const chosen = useView('settings.get').data?.colorScheme;
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    if (chosen) setColorScheme(chosen);
  }, [chosen, setColorScheme]);
}
