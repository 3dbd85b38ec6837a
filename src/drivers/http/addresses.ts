import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';

/** How long a connection may take to be made, in ms. */
const CONNECT_TIMEOUT = 10_000;

/** The driver may not connect to this address. */
export class ForbiddenAddressError extends Error {
  constructor(readonly address: string) {
    super(`The address ${address} is not public, and not listed in allow.`);
    this.name = 'ForbiddenAddressError';
  }
}

/** Asks for all addresses of a host. */
export type Lookup = (
  host: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Says which addresses may be connected to: public ones, and those in `allow` (addresses and CIDRs).
 * An IPv4 address counts as such however it is written, also within IPv6.
 */
export function addressRule(allow: readonly string[]): (address: string) => boolean {
  const ranges = allow.map((text) =>
    text.includes('/')
      ? ipaddr.parseCIDR(text)
      : ([ipaddr.process(text), ipaddr.process(text).kind() === 'ipv4' ? 32 : 128] as const),
  );
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return (
      isPublic(parsed) ||
      ranges.some(([base, bits]) => parsed.kind() === base.kind() && parsed.match(base, bits))
    );
  };
}

/** Of IPv6, only this is given out; IPv4 addresses lie in the rest in several ways. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const isGlobal = address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST);
  return isGlobal && address.range() === 'unicast';
}

/**
 * Connects to permitted addresses only. Each name is looked up once, and its addresses are checked
 * before the first of them is tried: a name that changes its address meanwhile gains nothing. A name
 * of which any address is forbidden is refused as a whole.
 */
export function guardedConnector(
  isAllowed: (address: string) => boolean,
  lookup: Lookup = systemLookup,
): buildConnector.connector {
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT,
    allowH2: false,
    lookup: guardedLookup(isAllowed, lookup),
  });
  return (options, done) => {
    // No name is looked up for an address.
    const literal = options.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(literal) && !isAllowed(literal))
      return void done(new ForbiddenAddressError(literal), null);
    connect(options, (...result) => {
      const [error, socket] = result;
      const address = socket?.remoteAddress;
      if (error || (address !== undefined && isAllowed(address))) return done(...result);
      socket.destroy();
      return done(new ForbiddenAddressError(address ?? 'of a closed connection'), null);
    });
  };
}

function guardedLookup(isAllowed: (address: string) => boolean, lookup: Lookup): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '');
      const forbidden = addresses.find(({ address }) => !isAllowed(address));
      const [first] = addresses;
      if (forbidden || !first)
        return done(new ForbiddenAddressError(forbidden?.address ?? host), '');
      return options.all ? done(null, addresses) : done(null, first.address, first.family);
    });
  };
}
