import { lookup as dnsLookup } from 'node:dns';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector } from 'undici';
import { SourceError } from './source-error.js';

const MAX_LINK_LENGTH = 4096;
/** Clouds answer about themselves here, outside the ranges that are private anyway: Azure's wire server. */
const METADATA_ADDRESSES = new Set(['168.63.129.16']);
/** The only IPv6 space that is routed on the internet; what lies in it for other purposes is ruled out by name. */
const GLOBAL_UNICAST_V6 = ipaddr.parseCIDR('2000::/3');

type Resolver = typeof dnsLookup;

export interface GuardSettings {
  /** Hosts, addresses and networks (`nas.local`, `192.168.1.5`, `10.0.0.0/8`) that may be private. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Stands in for the system's name resolution. */
  readonly resolver?: Resolver | undefined;
}

/**
 * Whether an address belongs to the public internet: not private, loopback, link-local, multicast, reserved, or a
 * tunnel into one of these (IPv4-mapped, NAT64, 6to4, Teredo).
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.kind() === 'ipv4') return address.range() === 'unicast' && !METADATA_ADDRESSES.has(address.toString());
  return address.range() === 'unicast' && address.match(GLOBAL_UNICAST_V6);
}

/** Keeps downloads on the public internet, whatever a link, a redirect or a name server says. */
export class AddressGuard {
  private readonly names: ReadonlySet<string>;
  private readonly networks: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];
  private readonly resolver: Resolver;

  constructor({ allowHosts = [], resolver = dnsLookup }: GuardSettings = {}) {
    const isNetwork = (entry: string): boolean => ipaddr.isValid(entry) || ipaddr.isValidCIDR(entry);
    this.names = new Set(allowHosts.filter((entry) => !isNetwork(entry)).map((entry) => entry.toLowerCase()));
    this.networks = allowHosts.filter(isNetwork).map((entry) => {
      if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
      const address = ipaddr.process(entry);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    });
    this.resolver = resolver;
  }

  /**
   * A link whose form alone is in order; odd spellings of addresses (octal, hexadecimal, one number) become plain.
   * @throws SourceError `bad-link`, `private-address`
   */
  check(link: string | URL, base?: URL): URL {
    if (typeof link === 'string' && link.length > MAX_LINK_LENGTH) throw new SourceError('bad-link', 'too long');
    if (!URL.canParse(String(link), base?.href)) throw new SourceError('bad-link', 'not a URL');
    const url = new URL(link, base);
    if (!/^https?:$/.test(url.protocol)) throw new SourceError('bad-link', `${url.protocol} is neither http nor https`);
    if (url.username || url.password) throw new SourceError('bad-link', 'it carries a user name or password');
    const host = bare(url.hostname);
    if (isIP(host)) this.require(host, host);
    return url;
  }

  /** An undici agent that connects to permitted addresses only: asked once a connection, and that answer is used. */
  agent(timeouts: { readonly connectMs: number; readonly stallMs: number }): Agent {
    const connect = buildConnector({ lookup: this.lookup, timeout: timeouts.connectMs });
    return new Agent({
      headersTimeout: timeouts.stallMs,
      bodyTimeout: timeouts.stallMs,
      connect: (options, callback) => {
        const host = bare(options.hostname);
        try {
          // A name that is an address is never looked up.
          if (isIP(host)) this.require(host, host);
        } catch (error) {
          callback(error as Error, null);
          return;
        }
        connect(options, (error, socket) => {
          if (error) return callback(error, null);
          try {
            this.require(host, socket?.remoteAddress ?? '');
          } catch (refusal) {
            socket?.destroy();
            return callback(refusal as Error, null);
          }
          callback(null, socket);
        });
      },
    });
  }

  /**
   * A connection to a permitted address; it is destroyed when it is silent for too long.
   * @param host as `URL` gives it
   * @throws SourceError `private-address`; the system's error when there is no connection to be had
   */
  async connect(host: string, port: number, stallMs: number): Promise<Socket> {
    const name = bare(host);
    if (isIP(name)) this.require(name, name);
    const socket = connect({ host: name, port, lookup: this.lookup });
    socket.setTimeout(stallMs, () => socket.destroy(new Error(`${name} does not answer`)));
    try {
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      this.require(name, socket.remoteAddress ?? '');
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /** One private answer among public ones is enough to refuse a name. */
  private readonly lookup: LookupFunction = (host, options, callback) => {
    this.resolver(host, { ...options, all: true }, (error, addresses) => {
      try {
        if (error) throw error;
        for (const { address } of addresses) this.require(host, address);
      } catch (refusal) {
        callback(refusal as NodeJS.ErrnoException, '');
        return;
      }
      const [first] = addresses;
      if (options.all) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family);
    });
  };

  private require(host: string, address: string): void {
    if (this.names.has(host.toLowerCase()) || isPublicAddress(address)) return;
    if (ipaddr.isValid(address)) {
      const plain = ipaddr.process(address);
      if (this.networks.some(([network, bits]) => plain.kind() === network.kind() && plain.match(network, bits)))
        return;
    }
    throw new SourceError('private-address', host);
  }
}

/** A host as `URL` gives it, without the brackets of IPv6. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
