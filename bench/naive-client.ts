/** A client of GitHub's REST API as one writes it first, and well: every list, by its Link headers, with ETags. */
export interface NaiveClient {
  /** Asks for everything again that could have changed. */
  round(): Promise<NaiveRound>;
}

export interface NaiveRound {
  requests: number;
  /** So many of them GitHub counted against its hourly limit. */
  counted: number;
  /** So many it looked at. */
  repositories: number;
}

interface Known {
  etag: string;
  link: string | null;
  body: Row[];
}

/** What it reads of a repository, a commit, or a pull request. */
interface Row {
  full_name?: string;
  fork?: boolean;
  archived?: boolean;
  updated_at?: string;
  commit?: { committer?: { date?: string } };
}

export function createNaiveClient(apiUrl: string, token: string): NaiveClient {
  const cache = new Map<string, Known>();
  /** By repository: when its newest commit was made, and its newest change of a pull request. */
  const newest = new Map<string, { commit: string | null; pull: string }>();
  let requests = 0;
  let used = 0;
  let counted = 0;

  const page = async (url: string): Promise<{ body: Row[]; next: string | null }> => {
    const known = cache.get(url);
    const headers = { authorization: `Bearer ${token}`, ...(known && { 'if-none-match': known.etag }) };
    const answer = await fetch(url, { headers });
    requests += 1;
    const total = Number(answer.headers.get('x-ratelimit-used'));
    counted += total - used;
    used = total;
    // A repository without any commit.
    if (answer.status === 409) return { body: [], next: null };
    if (answer.status === 304 && known) return { body: known.body, next: nextOf(known.link) };
    if (answer.status !== 200) throw new Error(`${url} was answered with ${answer.status}.`);
    const link = answer.headers.get('link');
    const body = (await answer.json()) as Row[];
    cache.set(url, { etag: answer.headers.get('etag') ?? '', link, body });
    return { body, next: nextOf(link) };
  };

  /** @param enough whether what comes after a page is known already */
  const list = async (path: string, enough: (rows: readonly Row[]) => boolean = () => false): Promise<Row[]> => {
    const rows: Row[] = [];
    for (let url: string | null = `${apiUrl}${path}`; url !== null; ) {
      const { body, next } = await page(url);
      rows.push(...body);
      url = enough(body) ? null : next;
    }
    return rows;
  };

  const lookAt = async (name: string) => {
    const { commit, pull } = newest.get(name) ?? { commit: null, pull: '' };
    // Only what is new: the first page where something is known already.
    const since = commit === null ? '' : `&since=${encodeURIComponent(commit)}`;
    const commits = await list(`/repos/${name}/commits?per_page=100${since}`);
    const pulls = await list(`/repos/${name}/pulls?state=all&sort=updated&direction=desc&per_page=100`, (rows) =>
      rows.some(({ updated_at = '' }) => updated_at <= pull),
    );
    await list(`/repos/${name}/branches?per_page=100`);
    await list(`/repos/${name}/releases?per_page=100`);
    newest.set(name, { commit: commits[0]?.commit?.committer?.date ?? commit, pull: pulls[0]?.updated_at ?? pull });
  };

  return {
    async round() {
      requests = 0;
      counted = 0;
      const repositories = (await list('/user/repos?per_page=100')).filter(({ fork, archived }) => !fork && !archived);
      // GitHub asks for one request after the other (docs.github.com/en/rest/using-the-rest-api/best-practices).
      for (const { full_name: name = '' } of repositories) await lookAt(name);
      return { requests, counted, repositories: repositories.length };
    },
  };
}

function nextOf(link: string | null): string | null {
  return /<([^>]+)>; rel="next"/.exec(link ?? '')?.[1] ?? null;
}
