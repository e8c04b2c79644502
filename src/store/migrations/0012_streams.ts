/** How far each partition of a stream was read, and which process reads it now. */
export const streams: readonly string[] = [
  `create table stream_position (
    stream text not null, partition text not null, "offset" text not null, sequence_number bigint not null,
    at timestamptz not null default clock_timestamp(), primary key (stream, partition))`,
  `create table stream_owner (
    stream text not null, partition text not null, owner text not null, version bigint not null,
    renewed_at timestamptz not null default clock_timestamp(), primary key (stream, partition))`,
];
