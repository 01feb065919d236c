// The private network of the local AWS: task addresses as AWS gives them, mapped to loopback ports of this machine.
import { AwsError } from './endpoint/aws-error.ts';
import type { Network } from './region.ts';

/** 10.0.0.0/16 less the first four addresses, which AWS keeps in every subnet. */
const ADDRESSES_MAX = 65_000;

export function createNetwork(): Network {
  let next = 4;
  const ports = new Map<string, Map<number, number>>();
  const inUse = new Set<string>();
  return {
    allocateAddress() {
      for (let tries = 0; tries < ADDRESSES_MAX; tries++) {
        next = next >= ADDRESSES_MAX ? 4 : next + 1;
        const address = `10.0.${next >> 8}.${next & 255}`;
        if (inUse.has(address)) continue;
        inUse.add(address);
        return address;
      }
      throw new AwsError('InsufficientFreeAddressesInSubnet', 'localaws: all private addresses are in use');
    },
    attach(address, containerPort, hostPort) {
      const mapped = ports.get(address) ?? new Map<number, number>();
      mapped.set(containerPort, hostPort);
      ports.set(address, mapped);
    },
    detach(address) {
      ports.delete(address);
      inUse.delete(address);
    },
    resolve(address, port) {
      if (address.startsWith('127.')) return { host: address, port };
      const hostPort = ports.get(address)?.get(port);
      return hostPort === undefined ? undefined : { host: '127.0.0.1', port: hostPort };
    },
  };
}
