/**
 * The part of GitHub's GraphQL schema that is played here. A test holds it to the published one: names, types, arguments
 * and values are GitHub's, only fewer.
 */
export const SDL = /* GraphQL */ `
scalar DateTime
scalar Date
scalar GitObjectID
scalar GitTimestamp
scalar URI

type Query {
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  rateLimit(dryRun: Boolean = false): RateLimit
  repository(followRenames: Boolean = true, name: String!, owner: String!): Repository
  viewer: User!
}

type RateLimit { cost: Int! limit: Int! nodeCount: Int! remaining: Int! resetAt: DateTime! used: Int! }

interface Node { id: ID! }
interface Actor { login: String! }
interface RepositoryOwner { id: ID! login: String! }
interface GitObject { id: ID! oid: GitObjectID! repository: Repository! }

type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }

type User implements Actor & Node & RepositoryOwner {
  id: ID!
  databaseId: Int
  login: String!
  name: String
  contributionsCollection(from: DateTime, organizationID: ID, to: DateTime): ContributionsCollection!
  repositories(
    affiliations: [RepositoryAffiliation], after: String, before: String, first: Int, isArchived: Boolean
    isFork: Boolean, last: Int, orderBy: RepositoryOrder
    ownerAffiliations: [RepositoryAffiliation] = [OWNER, COLLABORATOR]
  ): RepositoryConnection!
  starredRepositories(
    after: String, before: String, first: Int, last: Int, orderBy: StarOrder, ownedByViewer: Boolean
  ): StarredRepositoryConnection!
}
type Organization implements Actor & Node & RepositoryOwner { id: ID! databaseId: Int login: String! name: String }
type Bot implements Actor & Node { id: ID! databaseId: Int login: String! }
type Mannequin implements Actor & Node { id: ID! databaseId: Int login: String! }
type Team implements Node { id: ID! combinedSlug: String! name: String! slug: String! }
type UserConnection { totalCount: Int! }

type ContributionsCollection { contributionCalendar: ContributionCalendar! }
type ContributionCalendar { totalContributions: Int! weeks: [ContributionCalendarWeek!]! }
type ContributionCalendarWeek { contributionDays: [ContributionCalendarDay!]! firstDay: Date! }
type ContributionCalendarDay { contributionCount: Int! date: Date! weekday: Int! }

type RepositoryConnection { nodes: [Repository] pageInfo: PageInfo! totalCount: Int! totalDiskUsage: Int! }
type StarredRepositoryConnection {
  edges: [StarredRepositoryEdge] isOverLimit: Boolean! nodes: [Repository] pageInfo: PageInfo! totalCount: Int!
}
type StarredRepositoryEdge { cursor: String! node: Repository! starredAt: DateTime! }

type Repository implements Node {
  id: ID!
  databaseId: Int
  owner: RepositoryOwner!
  name: String!
  nameWithOwner: String!
  description: String
  isArchived: Boolean!
  isEmpty: Boolean!
  isFork: Boolean!
  isPrivate: Boolean!
  createdAt: DateTime!
  pushedAt: DateTime
  updatedAt: DateTime!
  url: URI!
  stargazerCount: Int!
  forkCount: Int!
  licenseInfo: License
  primaryLanguage: Language
  defaultBranchRef: Ref
  object(expression: String, oid: GitObjectID): GitObject
  ref(qualifiedName: String!): Ref
  issues(
    after: String, before: String, first: Int, labels: [String!], last: Int, orderBy: IssueOrder, states: [IssueState!]
  ): IssueConnection!
  languages(after: String, before: String, first: Int, last: Int, orderBy: LanguageOrder): LanguageConnection
  pullRequest(number: Int!): PullRequest
  pullRequests(
    after: String, baseRefName: String, before: String, first: Int, headRefName: String, labels: [String!], last: Int
    orderBy: IssueOrder, states: [PullRequestState!]
  ): PullRequestConnection!
  refs(
    after: String, before: String, direction: OrderDirection, first: Int, last: Int, orderBy: RefOrder, query: String
    refPrefix: String!
  ): RefConnection
  releases(after: String, before: String, first: Int, last: Int, orderBy: ReleaseOrder): ReleaseConnection!
  repositoryTopics(after: String, before: String, first: Int, last: Int): RepositoryTopicConnection!
  watchers(after: String, before: String, first: Int, last: Int): UserConnection!
}

type License implements Node { id: ID! key: String! name: String! spdxId: String }
type Language implements Node { id: ID! name: String! color: String }
type LanguageEdge { cursor: String! node: Language! size: Int! }
type LanguageConnection {
  edges: [LanguageEdge] nodes: [Language] pageInfo: PageInfo! totalCount: Int! totalSize: Int!
}
type Topic implements Node { id: ID! name: String! }
type RepositoryTopic implements Node { id: ID! topic: Topic! }
type RepositoryTopicConnection { nodes: [RepositoryTopic] pageInfo: PageInfo! totalCount: Int! }
type IssueConnection { totalCount: Int! }

type Ref implements Node { id: ID! name: String! prefix: String! repository: Repository! target: GitObject }
type RefConnection { nodes: [Ref] pageInfo: PageInfo! totalCount: Int! }

type GitActor { date: GitTimestamp email: String name: String user: User }
type Commit implements GitObject & Node {
  id: ID!
  oid: GitObjectID!
  abbreviatedOid: String!
  additions: Int!
  author: GitActor
  authoredDate: DateTime!
  committedDate: DateTime!
  deletions: Int!
  history(
    after: String, before: String, first: Int, last: Int, path: String, since: GitTimestamp, until: GitTimestamp
  ): CommitHistoryConnection!
  message: String!
  messageBody: String!
  messageHeadline: String!
  parents(after: String, before: String, first: Int, last: Int): CommitConnection!
  repository: Repository!
  statusCheckRollup: StatusCheckRollup
}
type CommitConnection { nodes: [Commit] pageInfo: PageInfo! totalCount: Int! }
type CommitHistoryConnection { nodes: [Commit] pageInfo: PageInfo! totalCount: Int! }
type StatusCheckRollup implements Node { id: ID! state: StatusState! }

type PullRequest implements Node {
  id: ID!
  fullDatabaseId: BigInt
  number: Int!
  title: String!
  body: String!
  state: PullRequestState!
  isDraft: Boolean!
  author: Actor
  headRefName: String!
  headRefOid: GitObjectID!
  baseRefName: String!
  reviewDecision: PullRequestReviewDecision
  mergeable: MergeableState!
  additions: Int!
  deletions: Int!
  createdAt: DateTime!
  updatedAt: DateTime!
  mergedAt: DateTime
  closedAt: DateTime
  merged: Boolean!
  url: URI!
  commits(after: String, before: String, first: Int, last: Int): PullRequestCommitConnection!
  labels(after: String, before: String, first: Int, last: Int, orderBy: LabelOrder = {field: CREATED_AT, direction: ASC}): LabelConnection
  reviewRequests(after: String, before: String, first: Int, last: Int): ReviewRequestConnection
  reviews(
    after: String, author: String, before: String, first: Int, last: Int, states: [PullRequestReviewState!]
  ): PullRequestReviewConnection
}
scalar BigInt
type PullRequestConnection { nodes: [PullRequest] pageInfo: PageInfo! totalCount: Int! }
type PullRequestCommit implements Node { id: ID! commit: Commit! }
type PullRequestCommitConnection { nodes: [PullRequestCommit] pageInfo: PageInfo! totalCount: Int! }
type PullRequestReview implements Node {
  id: ID! author: Actor state: PullRequestReviewState! submittedAt: DateTime
}
type PullRequestReviewConnection { nodes: [PullRequestReview] pageInfo: PageInfo! totalCount: Int! }
type ReviewRequest implements Node { id: ID! requestedReviewer: RequestedReviewer }
type ReviewRequestConnection { nodes: [ReviewRequest] pageInfo: PageInfo! totalCount: Int! }
union RequestedReviewer = Bot | Mannequin | Team | User
type Label implements Node { id: ID! name: String! }
type LabelConnection { nodes: [Label] pageInfo: PageInfo! totalCount: Int! }

type Release implements Node {
  id: ID!
  databaseId: Int
  tagName: String!
  name: String
  isDraft: Boolean!
  isPrerelease: Boolean!
  publishedAt: DateTime
  createdAt: DateTime!
  updatedAt: DateTime!
}
type ReleaseConnection { nodes: [Release] pageInfo: PageInfo! totalCount: Int! }

input RepositoryOrder { direction: OrderDirection! field: RepositoryOrderField! }
input StarOrder { direction: OrderDirection! field: StarOrderField! }
input IssueOrder { direction: OrderDirection! field: IssueOrderField! }
input LanguageOrder { direction: OrderDirection! field: LanguageOrderField! }
input RefOrder { direction: OrderDirection! field: RefOrderField! }
input ReleaseOrder { direction: OrderDirection! field: ReleaseOrderField! }
input LabelOrder { direction: OrderDirection! field: LabelOrderField! }

enum OrderDirection { ASC DESC }
enum RepositoryAffiliation { COLLABORATOR ORGANIZATION_MEMBER OWNER }
enum RepositoryOrderField { CREATED_AT NAME PUSHED_AT STARGAZERS UPDATED_AT }
enum StarOrderField { STARRED_AT }
enum IssueOrderField { COMMENTS CREATED_AT UPDATED_AT }
enum IssueState { CLOSED OPEN }
enum LanguageOrderField { SIZE }
enum RefOrderField { ALPHABETICAL TAG_COMMIT_DATE }
enum ReleaseOrderField { CREATED_AT NAME }
enum LabelOrderField { CREATED_AT NAME }
enum PullRequestState { CLOSED MERGED OPEN }
enum PullRequestReviewDecision { APPROVED CHANGES_REQUESTED REVIEW_REQUIRED }
enum PullRequestReviewState { APPROVED CHANGES_REQUESTED COMMENTED DISMISSED PENDING }
enum MergeableState { CONFLICTING MERGEABLE UNKNOWN }
enum StatusState { ERROR EXPECTED FAILURE PENDING SUCCESS }
`;
