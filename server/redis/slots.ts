// Which keys belong together: every key of Brook has one of these hash tags, and all keys of a tag are in one slot, which one
// node of a cluster has. Whatever touches several keys at once (a script, a transaction, a blocking read) stays in one tag.

/** The tag of a shard of the log. */
export const shardTag = (shard: number): string => `{brook:${shard}}`

/** The tag of the calls between processes. */
export const rpcTag = '{brook:rpc}'

/**
 * Stands before what belongs to no shard (the cache, locks, the mark of the installation) in a cluster, where it must be in
 * one slot. Elsewhere these keys have no tag: so versions of Brook that know no cluster find them.
 */
export const commonPrefix = '{brook:common}:'

const slots = 16_384

/** The slot of a key, as Redis Cluster has it: of what stands between its first { and the next }, where that is not empty. */
export function slotOf(key: string): number {
  const open = key.indexOf('{')
  const close = open < 0 ? -1 : key.indexOf('}', open + 1)
  return crc16(close > open + 1 ? key.slice(open + 1, close) : key) % slots
}

/** CRC-16/XMODEM. */
function crc16(text: string): number {
  let crc = 0
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1)
      crc = ((crc & 0x80_00) === 0 ? crc << 1 : (crc << 1) ^ 0x10_21) & 0xff_ff
  }
  return crc
}
