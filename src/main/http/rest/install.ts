import type { Platform } from '../../../shared/connection-views.ts';
import { AppError } from '../../core/errors.ts';
import { isOpenedByPerson } from '../page-load.ts';
import type { Call, Room } from './call.ts';

/**
 * Begins a sign-in and sends the browser to the provider.
 *
 * Only for a person who opened the address: typed, bookmarked, started by a program of theirs, or followed from a page of
 * ours. A link on any other page would do it as well: at a provider where the app was allowed before, the browser comes
 * straight back, and an account is connected that nobody meant to connect. What browsers tell by `Sec-Fetch-Site` cannot
 * be forged by a page. The web UI's session could not be asked for: half of it travels in a header, which no navigation
 * carries, and the other half in a cookie, which browsers also show to every other port of this machine.
 */
export async function install({ connections }: Room, { request, response }: Call, platform: Platform): Promise<void> {
  if (!isOpenedByPerson(request)) {
    throw new AppError('origin_refused', 'A sign-in is begun by a person only, and not by another page or a program.', {
      remedy: 'Open this address in a browser yourself, or connect the account in Trackeep Tray.',
    });
  }
  const { authorizationUrl } = await connections.begin({ platform, way: 'web' });
  if (authorizationUrl === null) throw new AppError('internal', 'The sign-in has no page.');
  response.writeHead(303, { location: authorizationUrl, 'content-length': 0, 'cache-control': 'no-store' });
  response.end();
}
