/** What one person asked lately is counted with every request they open or edit. */
export const askedLately: readonly string[] = ['create index request_asked on request (requester_key, opened_at desc)'];
