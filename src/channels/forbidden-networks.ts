import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Everything in IPv4 that is not the public internet (IANA special-purpose registry): our own machine and neighbours, clouds' metadata, carriers' inside. */
const closedV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/** Inside IPv6's global unicast: ranges that lead back into IPv4 (Teredo, 6to4) or nowhere (documentation). */
const closedV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const closed = new BlockList()
for (const [net, prefix] of closedV4) closed.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of closedV6) closed.addSubnet(net, prefix, 'ipv6')

/** The only part of IPv6 given out to the public internet; outside it lie loopback, link-local, ULA, mapped IPv4 and NAT64. */
const openV6 = new BlockList()
openV6.addSubnet('2000::', 3, 'ipv6')

/**
 * True for an IP address that a request of ours must not reach unless a setting allows private networks (SS-01):
 * loopback, private, link-local, carrier-grade NAT, unique local, NAT64, IPv4 mapped into IPv6, multicast, reserved;
 * also for anything that is no IP address at all.
 */
export function forbiddenAddress(address: string): boolean {
  if (isIPv4(address)) return closed.check(address, 'ipv4')
  if (!isIPv6(address) || address.includes('%')) return true
  return !openV6.check(address, 'ipv6') || closed.check(address, 'ipv6')
}

/** Ports on which web services answer; any other on a public host is somebody's database or mail server (SS-01). */
export const openPorts: readonly string[] = ['', '80', '443', '8080', '8443']
