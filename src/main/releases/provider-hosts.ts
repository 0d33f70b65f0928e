import { AppError } from '../core/errors.ts';

export interface GitHubAddresses {
  readonly url: string;
  readonly apiUrl: string;
}

/**
 * Refuses addresses outside the provider: a release names its files by address, and each redirect another one, and none
 * of them may send this machine anywhere else. For github.com these are github.com itself and its storage
 * (*.githubusercontent.com); for an own server, the configured origins and the hosts below them.
 *
 * @throws AppError `download_failed`
 */
export function requireProviderHost(address: URL, github: GitHubAddresses): void {
  if (!isProviderHost(address, github)) {
    throw new AppError(
      'download_failed',
      `The file would come from ${address.host || 'elsewhere'}, which is not GitHub's.`,
      {
        remedy: 'Do not go on; tell the maintainers.',
      },
    );
  }
}

function isProviderHost(address: URL, { url, apiUrl }: GitHubAddresses): boolean {
  if (address.username !== '' || address.password !== '') return false;
  const configured = [new URL(url), new URL(apiUrl)];
  if (configured.some(({ origin }) => origin === address.origin)) return true;
  if (address.protocol !== 'https:' || address.port !== '') return false;
  if (configured.some(({ hostname }) => hostname === 'github.com')) {
    return address.hostname.endsWith('.githubusercontent.com');
  }
  return configured.some(({ hostname }) => !isIpAddress(hostname) && address.hostname.endsWith(`.${hostname}`));
}

const isIpAddress = (hostname: string) => hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
