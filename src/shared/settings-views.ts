/** What people can settle. */
import { z } from 'zod';
import { canonicalOrigin } from './origins.ts';
import { canonicalResource } from './resources.ts';
import { TrackingSettings } from './tracking-views.ts';

/** A Trackeep of the person's own, where sign-ins may lead back to. */
export const TrackeepInstance = z.strictObject({
  origin: z
    .string()
    .max(300)
    .refine(
      (text) => canonicalOrigin(text) === text,
      'must be an origin such as https://keep.example.com or http://localhost:5173 (plain http is for this machine only)',
    ),
  /** Whether it gets the GitHub token itself, instead of a reference that only this app can resolve. */
  passGitHubToken: z.boolean(),
});
export type TrackeepInstance = z.infer<typeof TrackeepInstance>;

export const SettingsView = z.strictObject({
  /** Look for releases at launch and on schedule. */
  automaticChecks: z.boolean(),
  /** Between two scheduled checks; at least 15 minutes. */
  checkIntervalMs: z.int(),
  prereleases: z.boolean(),
  /** The Trackeep version the person runs. */
  currentVersion: z.string().nullable(),
  notifications: z.boolean(),
  /** Servers of the person's own, beside our own, that tokens may be issued for (RFC 8707). */
  resourceServers: z.array(z.string()),
  trackeepInstances: z.array(TrackeepInstance),
  tracking: TrackingSettings,
  /** Desktop only; null where the host cannot do it. */
  startAtLogin: z.boolean().nullable(),
  colorScheme: z.enum(['auto', 'light', 'dark']),
  /** Settings that the environment fixes for this run, with the name of the variable. */
  fixedBy: z.record(z.string(), z.string()),
});
export type SettingsView = z.infer<typeof SettingsView>;

const ResourceServer = z
  .string()
  .max(2048)
  .refine(
    (text) => canonicalResource(text) !== null,
    'must be an address such as http://127.0.0.1:7000/mcp or https://mcp.example.com',
  );

export const SettingsPatch = z
  .strictObject({
    automaticChecks: z.boolean(),
    checkIntervalMs: z
      .int()
      .min(15 * 60_000)
      .max(30 * 24 * 3_600_000),
    prereleases: z.boolean(),
    currentVersion: z.string().trim().min(1).max(64).nullable(),
    notifications: z.boolean(),
    resourceServers: z.array(ResourceServer).max(50),
    trackeepInstances: z.array(TrackeepInstance).max(50),
    /** What of it is named; the rest stays. */
    tracking: TrackingSettings.partial(),
    startAtLogin: z.boolean(),
    colorScheme: z.enum(['auto', 'light', 'dark']),
  })
  .partial();
export type SettingsPatch = z.infer<typeof SettingsPatch>;
