/**
 * Chromium does not go to schemes it does not know. Inside the stand-in, `app://trackeep/…` is therefore
 * `https://trackeep.app.invalid/…`: an origin of its own and a secure context as well. The bundle never sees that form.
 */
export function toPageAddress(address: string): string {
  return address.replace(/^(?!https?:)([a-z]+):\/\/([a-z]+)(?=[/?#]|$)/, 'https://$2.$1.invalid');
}

export function fromPageAddress(address: string): string {
  return address.replace(/^https:\/\/([a-z]+)\.([a-z]+)\.invalid(?=[/?#]|$)/, '$2://$1');
}

export function isPageAddress(address: string): boolean {
  return fromPageAddress(address) !== address;
}
