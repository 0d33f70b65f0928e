import { isLoopbackHost } from '../../shared/resources.ts';
import type { Provider } from './provider.ts';

/** A callback address of ours as the provider wants it. One that leads through a proxy stays as it is. */
export function callbackFor({ callbackHost }: Pick<Provider, 'callbackHost'>, address: string): string {
  const url = new URL(address);
  if (callbackHost === undefined || !isLoopbackHost(url.hostname)) return address;
  url.hostname = callbackHost;
  return url.href;
}
