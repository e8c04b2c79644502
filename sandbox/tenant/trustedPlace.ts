/** The organisation's office, a named location marked as trusted: 192.0.2.0/24, a range for documentation. */
export const isTrustedPlace = (ip: string): boolean => ip.startsWith('192.0.2.');
