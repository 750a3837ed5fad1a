/**
 * Loaded into each service before its main.ts (`node --import`): connections to Kafka and MongoDB go through the proxies of
 * the chaos run, with the service's name in the first line. So each instance's link to each server can be broken by
 * itself, and brokers and replica set keep the addresses by which they find one another.
 */
import { type NetConnectOpts, Socket } from 'node:net';

const name = process.env['CHAOS_NAME'] ?? '';
/** Port of a server -> port of its proxy. */
const routes = JSON.parse(process.env['CHAOS_ROUTES'] ?? '{}') as Record<string, number>;

const direct = Socket.prototype.connect as (this: Socket, ...given: unknown[]) => Socket;

function routed(this: Socket, ...given: unknown[]): Socket {
  // net.connect hands its arguments over as [options, callback].
  const [options, callback] = (Array.isArray(given[0]) ? given[0] : given) as [NetConnectOpts, (() => void)?];
  const proxy = typeof options === 'object' && 'port' in options ? routes[options.port] : undefined;
  if (proxy === undefined) return direct.apply(this, given);
  direct.call(this, { ...options, port: proxy }, ...(callback ? [callback] : []));
  this.write(`${name}\n`);
  return this;
}

Socket.prototype.connect = routed;
