import { isIP, SocketAddress } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

const IPV6_BITS = 56;
const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/**
 * Reads an IP address, which some proxies write with a port (`203.0.113.9:5001`,
 * `[2001:db8::1]:80`). Returns its usual spelling, IPv4 for an address that IPv6 maps; null if the
 * text is no address.
 */
export function parseAddress(text: string): string | null {
  const [, bracketed, plain] = WITH_PORT.exec(text.trim()) ?? [];
  const [bare] = (bracketed ?? plain ?? text.trim()).split('%');
  const family = isIP(bare!);
  if (family === 0) return null;
  const { address } = new SocketAddress({
    address: bare,
    family: family === 4 ? 'ipv4' : 'ipv6',
  });
  return MAPPED.exec(address)?.[1] ?? address;
}

/**
 * Rewrites X-Forwarded-For so that it holds addresses only, before Express looks which of them is
 * the caller's. An entry that is no address ends the list: the caller is then the proxy that wrote
 * it, because nobody knows whom it speaks of.
 */
export const readForwardedFor: RequestHandler = (request, _response, next) => {
  const header = request.headers['x-forwarded-for'];
  if (header !== undefined) {
    const entries = String(header).split(',').map(parseAddress);
    const addresses = entries.slice(entries.lastIndexOf(null) + 1);
    if (addresses.length > 0) request.headers['x-forwarded-for'] = addresses.join(', ');
    else delete request.headers['x-forwarded-for'];
  }
  next();
};

/** The caller's address; empty once the connection is gone. */
export function addressOf(request: Request): string {
  return parseAddress(request.ip ?? '') ?? '';
}

/** The key under which a call is counted: its address; in IPv6, the /56. */
export function placeOf(request: Request): string {
  return ipKeyGenerator(addressOf(request), IPV6_BITS);
}

/** The same of an address as the system writes it; empty for none. */
export function placeOfText(address: string): string {
  return ipKeyGenerator(parseAddress(address) ?? '', IPV6_BITS);
}
