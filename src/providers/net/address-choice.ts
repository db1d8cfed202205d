import type { TcpNetConnectOpts } from 'node:net';

/** Options of net.connect that the typings of http and tls leave out, though both pass them on. */
export type AddressChoice = Required<Pick<TcpNetConnectOpts, 'autoSelectFamily' | 'autoSelectFamilyAttemptTimeout'>>;

/** Each address of a name in turn (RFC 8305). The default of 250 ms would take a slow route for a dead one. */
export const TRY_ALL_ADDRESSES: AddressChoice = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 1_000 };
