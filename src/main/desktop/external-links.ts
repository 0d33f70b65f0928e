import { shell } from 'electron';
import { vetLink } from './link-vetting.ts';

/** @returns what opens a vetted address in the browser, and does nothing with any other */
export function createLinkOpener(providers: readonly string[]): (text: string) => void {
  return (text) => {
    const url = vetLink(text, providers);
    // A machine without a browser is no fault of ours to report: the page shows every address beside its link.
    if (url !== null) shell.openExternal(url.href).catch(() => undefined);
  };
}
