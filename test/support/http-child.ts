/**
 * `node http-child.ts URL`: asks once through the app's HTTP client, in a process whose certificate store nobody else
 * has changed. Prints the outcome, and whether Node's own authorities are still trusted afterwards.
 */
import tls from 'node:tls';
import { systemClock } from '../../src/main/core/clock.ts';
import { createHttpClient } from '../../src/main/core/http-client.ts';
import { outcomeOf } from './outcome.ts';

const [url = ''] = process.argv.slice(2);
const fetch = createHttpClient({ clock: systemClock(), userAgent: 'test' });
let body = '';
const outcome = await outcomeOf(async () => {
  body = await (await fetch(url)).text();
});
const bare = (certificate: string) => certificate.replaceAll(/\s/g, '');
const trusted = new Set(tls.getCACertificates('default').map(bare));
const keepsBundled = tls.getCACertificates('bundled').every((certificate) => trusted.has(bare(certificate)));
console.log(JSON.stringify({ outcome, body, keepsBundled }));
