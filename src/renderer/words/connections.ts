import { calendarDay } from '../../shared/calendar-day.ts';
import type { AuditView, ConnectionView, ExportView, Platform, ProviderView } from '../../shared/connection-views.ts';
import { requesterInWords as withinSentence } from '../../shared/requesters.ts';

/** The variable that fixes a provider's client ID, to name it where the form is locked. */
export function clientIdVariable({ platform }: Pick<ProviderView, 'platform'>): string {
  return `${platform.toUpperCase()}_CLIENT_ID`;
}

/** What a provider calls the place that an account belongs to. */
const PLACES: Record<Platform, string> = {
  github: 'organisation',
  jira: 'site',
  slack: 'workspace',
  hq: 'organisation',
};

/**
 * What an account is called first. At Jira and Slack the place is what tells two accounts apart: one person signs in to
 * many under the same name.
 */
export function accountTitle({ platform, login, organisation }: ConnectionView): string {
  return hasPlaceFirst(platform) ? (organisation?.name ?? login) : login;
}

/** The same with what tells it from all others: "mona@example.com at Acme". */
export function accountInFull(connection: ConnectionView): string {
  const title = accountTitle(connection);
  return title === connection.login ? title : `${connection.login} at ${title}`;
}

/** What stands below the title: who that is, and where. */
export function accountSubtitle(connection: ConnectionView): string {
  const { platform, kind, login, name, organisation, host } = connection;
  if (kind === 'app_installation') {
    const where = organisation === null ? 'account' : 'organisation';
    return `App installation: ${name ?? 'a GitHub App'} in this ${where} at ${host}`;
  }
  if (organisation === null) return name === null ? `At ${host}` : `${name}, at ${host}`;
  const place = URL.parse(organisation.url ?? '')?.host ?? host;
  if (!hasPlaceFirst(platform)) {
    const who = name === null ? '' : `${name}, `;
    return `${who}${PLACES[platform]} ${organisation.name} at ${place}`;
  }
  return `${name === null ? login : `${name}, ${login}`}, ${PLACES[platform]} at ${place}`;
}

function hasPlaceFirst(platform: Platform): boolean {
  return platform === 'jira' || platform === 'slack';
}

/** GitHub's scopes (docs.github.com, "Scopes for OAuth apps") in words. */
const SCOPE_WORDS: Readonly<Record<string, string>> = {
  repo: 'read and write all repositories',
  'repo:status': 'read and write commit status',
  public_repo: 'read and write public repositories',
  'read:user': 'read the profile',
  'user:email': 'read e-mail addresses',
  user: 'read and write the profile',
  'read:org': 'read organisation membership',
  'write:org': 'change organisation membership',
  gist: 'write gists',
  notifications: 'read notifications',
  workflow: 'change GitHub Actions workflows',
  'read:packages': 'download packages',
  'write:packages': 'publish packages',
};

/**
 * A scope in words: GitHub's from the table, any that we ask for by our reason. One that nobody explained stands for
 * itself.
 *
 * @param asked what we ask for at the provider
 */
export function scopeInWords(scope: string, asked: ProviderView['scopes'] = []): string {
  return SCOPE_WORDS[scope] ?? asked.find(({ name }) => name === scope)?.reason.replace(/^to /, '') ?? scope;
}

const ACCESS: Readonly<Record<string, string>> = { read: 'read', write: 'read and write', admin: 'administer' };

/** GitHub's names of permissions, where taking out the underscores does not make words of them. */
const PERMISSION_WORDS: Readonly<Record<string, string>> = {
  contents: 'the contents of repositories',
  metadata: 'the names and descriptions of repositories',
  administration: 'the settings of repositories',
  actions: 'GitHub Actions',
  statuses: 'commit status',
  workflows: 'GitHub Actions workflows',
  members: 'the members of the organisation',
};

/** An app's permissions in words, the stronger ones first: "read and write pull requests". */
export function permissionsInWords(permissions: Readonly<Record<string, string>>): string[] {
  const strength = (access: string) => Object.keys(ACCESS).indexOf(access);
  return Object.entries(permissions)
    .sort(([a, one], [b, other]) => strength(other) - strength(one) || a.localeCompare(b))
    .map(([name, access]) => `${ACCESS[access] ?? access} ${PERMISSION_WORDS[name] ?? name.replaceAll('_', ' ')}`);
}

/** What a person is told of a sign-in that ends soon; null: it does not. */
export function signInEndInWords({ signInEndsAt }: Pick<ConnectionView, 'signInEndsAt'>): string | null {
  return signInEndsAt === null ? null : `This sign-in ends on ${calendarDay(signInEndsAt)}. Reconnect before.`;
}

/** Who was handed a token, at the beginning of a line. */
export function requesterInWords(requester: AuditView['requester']): string {
  return withinSentence(requester).replace(/^the /, 'The ');
}

/** Where an export lies. */
export function exportPlace({ path }: Pick<ExportView, 'path'>): string {
  return path ?? 'the GitHub CLI';
}

/** "1 account", "3 accounts". */
export function accounts(count: number): string {
  return count === 1 ? '1 account' : `${count} accounts`;
}
