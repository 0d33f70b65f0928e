/**
 * Refuses every connection that would leave the machine, and every name that would have to be looked up elsewhere, so
 * that no test can pass or fail by what the internet does. `fetch`, undici and node:http all end in this one method.
 */
import { type Socket, Socket as SocketClass } from 'node:net';

const connect = SocketClass.prototype.connect;

SocketClass.prototype.connect = function guarded(this: Socket, ...args: unknown[]) {
  const host = hostOf(args);
  if (host !== null && !isLoopback(host)) {
    const error = Object.assign(new Error(`Tests do not reach ${host}: the outbound network is blocked.`), {
      code: 'ENETUNREACH',
    });
    process.nextTick(() => this.destroy(error));
    return this;
  }
  return Reflect.apply(connect, this, args);
} as typeof connect;

/** The host of any of connect's signatures; null for a Unix socket or named pipe, and for the default, localhost. */
function hostOf(args: readonly unknown[]): string | null {
  // net.connect hands its own arguments on as one normalized array.
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === 'object' && first !== null) {
    if ('path' in first && typeof first.path === 'string') return null;
    return 'host' in first && typeof first.host === 'string' ? first.host : null;
  }
  return typeof first === 'number' && typeof second === 'string' ? second : null;
}

function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name) || name.endsWith('.localhost');
}
