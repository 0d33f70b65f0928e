import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { OAuthClient } from './oauth-clients.ts';

const LIFETIME_SECONDS = 900;
/** What a poll may come too early by: timers and networks are not exact. */
const POLL_SLACK_MS = 100;

interface DeviceCode {
  deviceCode: string;
  userCode: string;
  client: OAuthClient;
  scopes: string[];
  expiresAt: number;
  intervalSeconds: number;
  lastPollAt: number | null;
  decision: { login: string } | 'denied' | null;
}

export type Poll =
  | { state: 'approved'; login: string; scopes: string[] }
  | { state: 'pending' | 'unknown' | 'expired' | 'denied' }
  | { state: 'slow_down'; intervalSeconds: number };

/** The device codes of the emulated GitHub (RFC 8628). User codes are matched without regard to case and hyphen. */
export interface DeviceFlow {
  /** @returns the fields of the device authorization answer (RFC 8628 §3.2) */
  begin(client: OAuthClient, scopes: string[]): Record<string, string | number>;
  /** One poll of the token endpoint. A decision is told once; the code is unknown afterwards. */
  poll(client: OAuthClient, deviceCode: string): Poll;
  /** @returns false when no one waits for this code */
  approve(userCode: string, login: string): boolean;
  deny(userCode: string): boolean;
  expire(userCode: string): boolean;
  /** Every device code handed out, for tests that search for leaks. */
  everything(): string[];
}

export function createDeviceFlow(options: {
  clock: Clock;
  intervalSeconds: number;
  verificationUri: () => string;
  onBegin: (userCode: string) => void;
}): DeviceFlow {
  const { clock } = options;
  const codes = new Map<string, DeviceCode>();
  const everything: string[] = [];

  const find = (userCode: string) => {
    const asked = plain(userCode);
    return [...codes.values()].find(
      (code) => plain(code.userCode) === asked && code.decision === null && code.expiresAt > clock.now(),
    );
  };
  const change = (userCode: string, how: (code: DeviceCode) => void) => {
    const code = find(userCode);
    if (code) how(code);
    return code !== undefined;
  };

  return {
    begin(client, scopes) {
      const code: DeviceCode = {
        deviceCode: randomBytes(20).toString('hex'),
        userCode: newUserCode(),
        client,
        scopes,
        expiresAt: clock.now() + LIFETIME_SECONDS * 1000,
        intervalSeconds: options.intervalSeconds,
        lastPollAt: null,
        decision: null,
      };
      codes.set(code.deviceCode, code);
      everything.push(code.deviceCode);
      options.onBegin(code.userCode);
      return {
        device_code: code.deviceCode,
        user_code: code.userCode,
        verification_uri: options.verificationUri(),
        expires_in: LIFETIME_SECONDS,
        interval: code.intervalSeconds,
      };
    },
    poll(client, deviceCode) {
      const code = codes.get(deviceCode);
      if (code?.client.clientId !== client.clientId) return { state: 'unknown' };
      const now = clock.now();
      if (now >= code.expiresAt) return { state: 'expired' };
      const early = code.lastPollAt !== null && now - code.lastPollAt < code.intervalSeconds * 1000 - POLL_SLACK_MS;
      code.lastPollAt = now;
      if (early) {
        code.intervalSeconds += 5;
        return { state: 'slow_down', intervalSeconds: code.intervalSeconds };
      }
      if (code.decision === null) return { state: 'pending' };
      codes.delete(deviceCode);
      if (code.decision === 'denied') return { state: 'denied' };
      return { state: 'approved', login: code.decision.login, scopes: code.scopes };
    },
    approve: (userCode, login) =>
      change(userCode, (code) => {
        code.decision = { login };
      }),
    deny: (userCode) =>
      change(userCode, (code) => {
        code.decision = 'denied';
      }),
    expire: (userCode) =>
      change(userCode, (code) => {
        code.expiresAt = clock.now();
      }),
    everything: () => [...everything],
  };
}

const plain = (userCode: string) => userCode.replace(/[^0-9a-z]/gi, '').toUpperCase();

function newUserCode(): string {
  const letters = '0123456789ABCDEF';
  const four = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
  return `${four()}-${four()}`;
}
