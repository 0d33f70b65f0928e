import type { Octokit } from '@octokit/core';
import { z } from 'zod';
import type { UpdatesView } from '../../../shared/release-views.ts';
import { AppError, hasCode, toAppError } from '../../core/errors.ts';
import { iso } from '../../core/iso-time.ts';
import type { FeedCheck } from '../../releases/releases.ts';
import { readJson } from '../request-body.ts';
import { connectionOf } from './access-reference.ts';
import { type Call, type Room, sendJson, sessionOf } from './call.ts';

/** Trackeep's own words for whatever keeps a check from being made in the person's name. */
const NOT_AVAILABLE = {
  error: 'OAuth service not available',
  message: 'Please ensure OAuth service is running and you are authenticated',
};

const InstallRequest = z.object({ version: z.string().min(1).max(200) });

/**
 * `GET /api/updates/check`: asks the feed in the name of the account that the session stands for, and of no other: a
 * session that says nothing of a token gets no other one in its place.
 */
export async function checkForUpdates(room: Room, call: Call): Promise<void> {
  const accessToken = await accessTokenOf(room, call);
  if (accessToken === null) return sendJson(call, 503, NOT_AVAILABLE);
  try {
    const github = await clientFor(room, accessToken);
    sendJson(call, 200, checkBody(await room.releases.checkWith(github)));
  } catch (error) {
    if (isNotSignedIn(error)) return sendJson(call, 503, NOT_AVAILABLE);
    const { code, message } = toAppError(error);
    if (code === 'internal') throw error;
    sendJson(call, 500, { error: 'Failed to check for updates', details: message });
  }
}

/** `POST /api/updates/install`: fetches the update and verifies it. Installing it is Trackeep's own work. */
export async function installUpdate(room: Room, call: Call): Promise<void> {
  if ((await accessTokenOf(room, call)) === null) return sendJson(call, 503, NOT_AVAILABLE);
  const request = InstallRequest.safeParse(await readJson(call.request));
  if (!request.success) return sendJson(call, 400, { error: 'Invalid request' });
  const { version } = request.data;
  const { latest, updateAvailable, download } = room.releases.view();
  if (!latest || !updateAvailable || (version !== latest.tag && version !== latest.version)) {
    return sendJson(call, 400, { error: 'Update not available' });
  }
  if (download?.version === latest.version && isUnderWay(download)) {
    return sendJson(call, 409, { error: 'Update already in progress' });
  }
  try {
    await room.releases.download();
  } catch (error) {
    if (!hasCode(error, 'no_asset')) throw error;
    return sendJson(call, 400, { error: 'Update not available', details: error.message });
  }
  sendJson(call, 200, {
    message: 'Download started. Trackeep Tray downloads and verifies the update; it does not install it.',
    version,
  });
}

/** `GET /api/updates/progress`. */
export async function updateProgress(room: Room, call: Call): Promise<void> {
  if ((await accessTokenOf(room, call)) === null) return sendJson(call, 503, NOT_AVAILABLE);
  sendJson(call, 200, progressBody(room.releases.view()));
}

/** What stands for the person's GitHub token; null: there is no session, or it stands for nothing. */
async function accessTokenOf({ sessions }: Room, call: Call): Promise<string | null> {
  const session = sessionOf(call);
  return session === null ? null : sessions.accessTokenOf(session);
}

async function clientFor({ connections }: Room, accessToken: string): Promise<Octokit> {
  const connectionId = connectionOf(accessToken);
  return connectionId === null ? connections.githubWith(accessToken) : connections.github(connectionId);
}

/** Whether there is no login to ask with: none connected, one that has ended, or one behind a closed vault. */
function isNotSignedIn(error: unknown): boolean {
  return error instanceof AppError && (NO_LOGIN.includes(error.code) || error.code.startsWith('vault_'));
}

const NO_LOGIN: readonly AppError['code'][] = ['not_connected', 'needs_reconnect', 'provider_not_configured'];

function checkBody({ currentVersion, updateAvailable, release }: FeedCheck) {
  return {
    updateAvailable,
    currentVersion: currentVersion ?? 'unknown',
    latestVersion: release?.tag ?? '',
    updateInfo: release && updateAvailable ? updateInfo(release) : null,
  };
}

function updateInfo({ tag, notes, asset, publishedAt, prerelease }: NonNullable<FeedCheck['release']>) {
  return {
    version: tag,
    releaseNotes: notes,
    downloadUrl: asset?.url ?? '',
    // Nothing at GitHub says so.
    mandatory: false,
    size: asset ? sizeText(asset.size) : '',
    checksum: asset?.checksum?.sha256 ?? '',
    publishedAt: publishedAt === null ? '' : iso(publishedAt),
    prerelease,
  };
}

type Download = NonNullable<UpdatesView['download']>;

const isUnderWay = ({ state }: Download) => state === 'downloading' || state === 'verifying';

function progressBody({ updateAvailable, download }: UpdatesView) {
  return {
    available: updateAvailable,
    downloading: download !== null && isUnderWay(download),
    // Not done here.
    installing: false,
    // Downloaded, and known to be the file that was published.
    completed: download?.state === 'verified',
    error: download ? problemOf(download) : '',
    progress: download ? percent(download) : 0,
  };
}

function problemOf({ state, error }: Download): string {
  if (state === 'unverified') return 'The file was published without a checksum, so it could not be verified.';
  return error?.message ?? '';
}

function percent({ receivedBytes, totalBytes }: Download): number {
  return totalBytes === 0 ? 0 : Math.round((receivedBytes / totalBytes) * 1000) / 10;
}

/** As Trackeep writes sizes, such as 52.4 MB; its units are powers of 1,024. */
function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), 6);
  return `${(bytes / 1024 ** power).toFixed(1)} ${'KMGTPE'[power - 1]}B`;
}
