// Which shard of the log a room's entries are in. Decided once: changing LOG_SHARDS moves rooms between streams.

/** Ids outgrow JavaScript's numbers, so BigInt. */
export const shardOf = (room: string, shards: number): number =>
  shards === 1 ? 0 : Number(BigInt(room) % BigInt(shards))
