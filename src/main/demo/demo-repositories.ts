import type { NewRepository } from './tracked/world.ts';

/** A repository of the demo, and how its life went. */
export interface DemoRepository extends NewRepository {
  /** How long ago it began, in days. */
  age: number;
  /** Commits on a busy weekday. */
  pace: number;
  /** Nothing was done in it for so many days. */
  quietFor?: number;
  /** Who works on it, the busiest first. */
  people: readonly string[];
  /** What commits say. */
  work: readonly string[];
  /** One about every so many days; left out: none. */
  releasesEvery?: number;
  /** Pull requests that are open now. */
  open?: readonly DemoPullRequest[];
}

export interface DemoPullRequest {
  title: string;
  branch: string;
  author: string;
  /** How long ago it was opened, in hours. */
  hoursAgo: number;
  checks: 'SUCCESS' | 'FAILURE' | 'PENDING' | null;
  draft?: boolean;
  conflicts?: boolean;
  reviewers?: readonly string[];
  review?: { by: string; state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' };
  labels?: readonly string[];
}

const GARDEN_WORK = [
  'Water in the evening when the day was hot',
  'Ask the weather service only once an hour',
  'Show the next watering on the front page',
  'Let a bed have its own schedule',
  'Explain why a watering was skipped',
  'Cope with a sensor that says nothing',
  'Test the schedule around daylight saving time',
  'Draw the moisture of a week',
];

export const DEMO_REPOSITORIES: readonly DemoRepository[] = [
  {
    ...{ owner: 'octocat', name: 'garden', age: 360, pace: 4, people: ['octocat', 'ada', 'hubot'], work: GARDEN_WORK },
    description: 'Waters the plants when the weather report says so.',
    ...{ languages: { TypeScript: 182_400, CSS: 21_900, Shell: 3_100 }, topics: ['plants', 'weather', 'home'] },
    ...{ license: 'MIT', stars: 1_284, forks: 96, watchers: 41, openIssues: 17, releasesEvery: 30 },
    open: [
      {
        ...{ title: 'Read soil moisture from Zigbee sensors', branch: 'zigbee', author: 'ada', hoursAgo: 20 },
        ...{ checks: 'SUCCESS', reviewers: ['octocat'], labels: ['feature'] },
      },
      {
        ...{ title: 'Skip watering when frost is forecast', branch: 'frost', author: 'octocat', hoursAgo: 50 },
        ...{ checks: 'SUCCESS', review: { by: 'ada', state: 'APPROVED' } },
      },
      {
        ...{ title: 'Bump the weather client to 4.2', branch: 'weather-4', author: 'hubot', hoursAgo: 7 },
        ...{ checks: 'FAILURE', reviewers: ['octocat'], labels: ['dependencies'] },
      },
    ],
  },
  {
    ...{ owner: 'octocat', name: 'recipes', private: true, age: 340, pace: 1, people: ['octocat'] },
    description: 'What we cook, and how it turned out.',
    ...{ languages: { Markdown: 88_000 }, watchers: 1, topics: ['cooking'] },
    work: ['Add the lentil soup', 'Less salt in the bread', 'Write down the plum cake', 'Note what the children said'],
  },
  {
    ...{ owner: 'octocat', name: 'weather-station', age: 300, pace: 2, people: ['octocat', 'grace'] },
    description: 'A small weather station: a Pico, three sensors, and a page that shows the last days.',
    ...{ languages: { Rust: 96_300, C: 12_200, HTML: 8_800 }, topics: ['embedded', 'rust', 'weather'] },
    ...{ license: 'Apache-2.0', stars: 412, forks: 33, watchers: 18, openIssues: 6, releasesEvery: 55 },
    work: [
      'Sleep between readings',
      'Average the wind over ten minutes',
      'Calibrate the barometer',
      'Fewer allocations',
    ],
    open: [
      {
        ...{ title: 'Measure rain with the tipping bucket', branch: 'rain', author: 'octocat', hoursAgo: 130 },
        ...{ checks: 'SUCCESS', review: { by: 'grace', state: 'CHANGES_REQUESTED' } },
      },
    ],
  },
  {
    ...{ owner: 'octocat', name: 'octo-cli', age: 355, pace: 3, people: ['octocat', 'hubot', 'mona'] },
    description: 'Everyday chores from the command line.',
    ...{ languages: { Go: 143_700, Shell: 5_400 }, topics: ['cli', 'go', 'tools'], license: 'MIT' },
    ...{ stars: 3_906, forks: 210, watchers: 77, openIssues: 42, releasesEvery: 24 },
    work: [
      'Complete the names of branches',
      'Say what went wrong, and what to do',
      'Quote paths for PowerShell',
      'Cover Windows',
    ],
    open: [
      {
        ...{ title: 'Run chores at the same time', branch: 'parallel', author: 'mona', hoursAgo: 44 },
        ...{ checks: 'PENDING', reviewers: ['octocat', 'hubot'] },
      },
      {
        ...{ title: 'Rewrite the configuration loader', branch: 'config-loader', author: 'octocat', hoursAgo: 300 },
        ...{ checks: 'FAILURE', conflicts: true, labels: ['refactoring'] },
      },
      {
        ...{ title: 'Colours that can be told apart', branch: 'colours', author: 'grace', hoursAgo: 90 },
        checks: 'SUCCESS',
        draft: true,
      },
    ],
  },
  {
    ...{ owner: 'octocat', name: 'pixel-font', age: 210, quietFor: 21, pace: 2, people: ['octocat'] },
    description: 'A tiny pixel font with an editor.',
    ...{ languages: { TypeScript: 40_100, HTML: 6_000 }, topics: ['font', 'pixel-art'], license: 'OFL-1.1' },
    ...{ stars: 158, forks: 9, watchers: 5, openIssues: 2, releasesEvery: 70 },
    work: ['Draw the Greek letters', 'Kern the capital T', 'Export as WOFF2', 'Undo, and undo again'],
  },
  {
    ...{ owner: 'octocat', name: 'bird-song', age: 250, pace: 1.5, people: ['octocat', 'ada'] },
    description: 'Which bird was that? Listens and makes a guess.',
    ...{ languages: { Python: 61_000, 'Jupyter Notebook': 210_000 }, topics: ['audio', 'birds', 'machine-learning'] },
    ...{ license: 'GPL-3.0', stars: 734, forks: 58, watchers: 22, openIssues: 11, releasesEvery: 80 },
    work: [
      'Train with the recordings of May',
      'Leave out the motorway',
      'Tell the two treecreepers apart',
      'Smaller model',
    ],
  },
  {
    ...{ owner: 'octocat', name: 'website', private: true, age: 330, pace: 1, people: ['octocat'] },
    description: 'My page.',
    ...{ languages: { Astro: 22_000, TypeScript: 9_400, CSS: 7_700 }, watchers: 1, openIssues: 1 },
    work: ['Write about the garden', 'A darker dark mode', 'Fix the feed', 'Smaller pictures'],
  },
  {
    ...{ owner: 'octocat', name: 'dotfiles', age: 320, pace: 0.6, people: ['octocat'] },
    description: 'How I like my shell.',
    ...{ languages: { Shell: 18_200, Lua: 9_100 }, topics: ['dotfiles'], stars: 64, forks: 12, watchers: 3 },
    work: ['A shorter prompt', 'Alias for the thing I always mistype', 'Follow the editor'],
  },
  {
    ...{ owner: 'octocat', name: 'old-blog', archived: true, age: 364, quietFor: 200, pace: 1, people: ['octocat'] },
    description: 'What I wrote years ago.',
    ...{ languages: { Ruby: 12_000, HTML: 44_000 }, stars: 7, forks: 1, watchers: 1 },
    work: ['Fix a dead link', 'A last post'],
  },
  {
    ...{ owner: 'orchard-labs', name: 'irrigation', age: 350, pace: 4, people: ['grace', 'octocat', 'ada', 'hubot'] },
    description: 'Valves, pumps and schedules for whole orchards.',
    ...{ languages: { Go: 240_500, Protobuf: 12_600 }, topics: ['agriculture', 'go'], license: 'Apache-2.0' },
    ...{ stars: 2_145, forks: 187, watchers: 64, openIssues: 38, releasesEvery: 21 },
    work: [
      'Close the valve when the pressure drops',
      'Retry over the radio',
      'Log what the pump did',
      'Simulate a dry summer',
    ],
    open: [
      {
        ...{ title: 'Restart the pump after a power cut', branch: 'power-cut', author: 'grace', hoursAgo: 3 },
        ...{ checks: 'SUCCESS', reviewers: ['octocat', 'orchard-labs/field'], labels: ['bug'] },
      },
      {
        ...{ title: 'Schedule by evapotranspiration', branch: 'evapotranspiration', author: 'ada', hoursAgo: 70 },
        ...{ checks: 'FAILURE', review: { by: 'grace', state: 'CHANGES_REQUESTED' } },
      },
    ],
  },
  {
    ...{ owner: 'orchard-labs', name: 'greenhouse-ui', age: 280, pace: 3, people: ['ada', 'octocat', 'mona'] },
    description: 'See and steer a greenhouse from the sofa.',
    ...{ languages: { TypeScript: 156_000, CSS: 30_100 }, topics: ['react', 'home'], license: 'MIT' },
    ...{ stars: 538, forks: 47, watchers: 19, openIssues: 14, releasesEvery: 33 },
    work: ['A chart of the humidity', 'Keyboard for everything', 'Reconnect quietly', 'Bigger buttons for gloves'],
    open: [
      {
        ...{ title: 'Dark mode for the night shift', branch: 'dark', author: 'octocat', hoursAgo: 28 },
        ...{ checks: 'SUCCESS', review: { by: 'ada', state: 'COMMENTED' }, reviewers: ['mona'] },
      },
    ],
  },
  {
    ...{ owner: 'orchard-labs', name: 'handbook', private: true, age: 345, pace: 0.8, people: ['grace', 'octocat'] },
    description: 'How we work.',
    ...{ languages: { Markdown: 132_000 }, watchers: 9, openIssues: 4 },
    work: ['Say who to ask', 'How to prune a tree', 'Holidays of the next year', 'Remove a step that nobody does'],
  },
  {
    ...{ owner: 'octocat', name: 'seed-catalogue', fork: true, age: 120, quietFor: 40, pace: 0.5, people: ['octocat'] },
    description: 'Every seed there is, as open data.',
    ...{ languages: { JavaScript: 33_000 }, stars: 3, watchers: 1, license: 'CC0-1.0' },
    work: ['Add the tomatoes of my aunt', 'Correct the sowing times'],
  },
];
