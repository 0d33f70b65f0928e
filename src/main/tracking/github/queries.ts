/**
 * The questions that GitHub's GraphQL API is asked. A test holds them to GitHub's published schema.
 * @see https://docs.github.com/en/graphql/reference
 */

/** Repositories asked about at once: the most that GitHub gives in one page. */
export const GLANCES_AT_ONCE = 100;
/** Open pull requests whose checks a look compares. Checks end soon after a push, so these are the ones that change. */
export const PULL_REQUESTS_AT_A_GLANCE = 10;

const GLANCE = `fragment Glance on Repository {
  databaseId id owner { login } name isPrivate isFork isArchived description createdAt pushedAt updatedAt
  languages(first: 20, orderBy: {field: SIZE, direction: DESC}) { edges { size node { name } } }
  repositoryTopics(first: 20) { nodes { topic { name } } }
  licenseInfo { spdxId }
  stargazerCount forkCount
  watchers { totalCount }
  issues(states: OPEN) @include(if: $issues) { totalCount }
  defaultBranchRef { name target { oid } }
  refs(refPrefix: "refs/heads/") { totalCount }
  newestPullRequests: pullRequests(
    first: 1, orderBy: {field: UPDATED_AT, direction: DESC}
  ) @include(if: $pullRequests) {
    totalCount nodes { number updatedAt }
  }
  openPullRequests: pullRequests(
    states: OPEN, first: ${PULL_REQUESTS_AT_A_GLANCE}, orderBy: {field: UPDATED_AT, direction: DESC}
  ) @include(if: $pullRequests) {
    totalCount
    nodes { number commits(last: 1) { nodes { commit { oid statusCheckRollup { state } } } } }
  }
  releases(first: 1, orderBy: {field: CREATED_AT, direction: DESC}) { totalCount nodes { databaseId updatedAt } }
}`;

/** What not every account may see, and without which a repository is told all the same. */
const SIGHT = '$issues: Boolean! = true, $pullRequests: Boolean! = true';
const BUDGET = 'rateLimit { limit cost remaining resetAt }';

/** What the person owns or works on. By the time they were made, so that new ones come last and no page is missed. */
export const LIST_OWN = `query ListOwn($first: Int!, $after: String, ${SIGHT}) {
  viewer {
    login
    repositories(
      first: $first, after: $after, orderBy: {field: CREATED_AT, direction: ASC}
      affiliations: [OWNER, COLLABORATOR, ORGANIZATION_MEMBER]
      ownerAffiliations: [OWNER, COLLABORATOR, ORGANIZATION_MEMBER]
    ) { totalCount pageInfo { hasNextPage endCursor } nodes { ...Glance } }
  }
  ${BUDGET}
}
${GLANCE}`;

export const LIST_STARRED = `query ListStarred($first: Int!, $after: String, ${SIGHT}) {
  viewer {
    login
    starredRepositories(first: $first, after: $after, orderBy: {field: STARRED_AT, direction: ASC}) {
      totalCount pageInfo { hasNextPage endCursor } nodes { ...Glance }
    }
  }
  ${BUDGET}
}
${GLANCE}`;

/** Repositories by their node ids; one that cannot be seen any more is null, beside an error that says so. */
export const LOOK = `query Look($ids: [ID!]!, ${SIGHT}) {
  nodes(ids: $ids) { __typename ...Glance }
  ${BUDGET}
}
${GLANCE}`;

/** The same words for a commit however it was found. The whole message: GitHub cuts a long first line in two. */
const COMMIT = `fragment TheCommit on Commit {
  oid authoredDate committedDate message additions deletions author { name user { login } }
}`;

/**
 * A page of each part that is asked for, of one repository.
 * `many` is the size of the pages, `some` that of what has more to it. Both shrink where an answer is too large.
 */
export const FETCH = `query Fetch(
  $id: ID!, $many: Int!, $some: Int!
  $commits: Boolean!, $head: GitObjectID, $commitsAfter: String, $since: GitTimestamp
  $branches: Boolean!, $branchesAfter: String
  $pullRequests: Boolean!, $pullRequestsAfter: String
  $releases: Boolean!, $releasesAfter: String
) {
  node(id: $id) {
    __typename
    ... on Repository {
      databaseId
      head: object(oid: $head) @include(if: $commits) {
        ... on Commit {
          oid
          history(first: $many, after: $commitsAfter, since: $since) {
            pageInfo { hasNextPage endCursor }
            nodes { ...TheCommit }
          }
        }
      }
      refs(refPrefix: "refs/heads/", first: $many, after: $branchesAfter) @include(if: $branches) {
        pageInfo { hasNextPage endCursor }
        nodes { name target { oid ... on Commit { committedDate } } }
      }
      pullRequests(
        first: $some, after: $pullRequestsAfter, orderBy: {field: UPDATED_AT, direction: DESC}
      ) @include(if: $pullRequests) {
        pageInfo { hasNextPage endCursor }
        nodes {
          number title state isDraft headRefName baseRefName reviewDecision mergeable additions deletions
          createdAt updatedAt mergedAt closedAt
          author { login }
          reviews { totalCount }
          reviewRequests(first: 20) {
            nodes {
              requestedReviewer {
                ... on User { login } ... on Bot { login } ... on Mannequin { login } ... on Team { combinedSlug }
              }
            }
          }
          commits(last: 1) { nodes { commit { statusCheckRollup { state } } } }
          labels(first: 20) { nodes { name } }
        }
      }
      releases(first: $some, after: $releasesAfter, orderBy: {field: CREATED_AT, direction: DESC}) @include(if: $releases) {
        pageInfo { hasNextPage endCursor }
        nodes { databaseId tagName name isDraft isPrerelease publishedAt createdAt }
      }
    }
  }
  ${BUDGET}
}
${COMMIT}`;

/** Commits that were found by comparing, which does not tell their sizes. By their node ids. */
export const COMMITS = `query Commits($ids: [ID!]!) {
  nodes(ids: $ids) { __typename ...TheCommit }
  ${BUDGET}
}
${COMMIT}`;

/** At most a year at once. */
export const CONTRIBUTIONS = `query Contributions($from: DateTime!, $to: DateTime!) {
  viewer {
    login
    contributionsCollection(from: $from, to: $to) {
      contributionCalendar { totalContributions weeks { contributionDays { date contributionCount } } }
    }
  }
  ${BUDGET}
}`;
