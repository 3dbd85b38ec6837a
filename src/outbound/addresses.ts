import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';

/** How long a connection may take to be made, in ms. */
const CONNECT_TIMEOUT = 10_000;

/** Nobody may connect to this address. `list`: the name of the setting that could allow it. */
export class ForbiddenAddressError extends Error {
  constructor(
    readonly address: string,
    list: string,
  ) {
    super(`The address ${address} is not public, and not listed in ${list}.`);
    this.name = 'ForbiddenAddressError';
  }
}

/** Asks for all addresses of a host. */
export type Lookup = (
  host: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** May this address be connected to, as one of a host by this protocol (`https:`)? */
export type AddressRule = (address: string, host: string, protocol: string) => boolean;

/**
 * Says which addresses may be connected to: public ones, and those in `allow` (addresses and CIDRs).
 * An IPv4 address counts as such however it is written, also within IPv6.
 */
export function addressRule(allow: readonly string[]): (address: string) => boolean {
  const isListed = listRule(allow);
  return (address) => isPublicAddress(address) || isListed(address);
}

/** Says which addresses are in a list of addresses and CIDRs. */
export function listRule(allow: readonly string[]): (address: string) => boolean {
  const ranges = allow.map((text) =>
    text.includes('/')
      ? ipaddr.parseCIDR(text)
      : ([ipaddr.process(text), ipaddr.process(text).kind() === 'ipv4' ? 32 : 128] as const),
  );
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(([base, bits]) => parsed.kind() === base.kind() && parsed.match(base, bits));
  };
}

/** Is this an address of the public network? */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && isPublic(ipaddr.process(address));
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
 * of which any address is forbidden is refused as a whole. `list` names the setting in errors.
 */
export function guardedConnector(
  isAllowed: AddressRule,
  lookup: Lookup = systemLookup,
  list = 'allow',
): buildConnector.connector {
  const connectorFor = (protocol: string) =>
    buildConnector({
      timeout: CONNECT_TIMEOUT,
      allowH2: false,
      lookup: guardedLookup((...asked) => isAllowed(...asked, protocol), lookup, list),
    });
  const [plain, secure] = [connectorFor('http:'), connectorFor('https:')];
  return (options, done) => {
    const { protocol } = options;
    // No name is looked up for an address.
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) && !isAllowed(host, host, protocol))
      return void done(new ForbiddenAddressError(host, list), null);
    (protocol === 'https:' ? secure : plain)(options, (...result) => {
      const [error, socket] = result;
      const address = socket?.remoteAddress;
      if (error || (address !== undefined && isAllowed(address, host, protocol)))
        return done(...result);
      socket.destroy();
      return done(new ForbiddenAddressError(address ?? 'of a closed connection', list), null);
    });
  };
}

function guardedLookup(
  isAllowed: (address: string, host: string) => boolean,
  lookup: Lookup,
  list: string,
): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '');
      const forbidden = addresses.find(({ address }) => !isAllowed(address, host));
      const [first] = addresses;
      if (forbidden || !first)
        return done(new ForbiddenAddressError(forbidden?.address ?? host, list), '');
      return options.all ? done(null, addresses) : done(null, first.address, first.family);
    });
  };
}
