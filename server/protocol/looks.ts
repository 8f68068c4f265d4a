// What follows from how somebody looks. Pure, and small enough for every page.

/** A status that has not ended; the same object. */
export const statusAt = <Of extends { until: number | null }>(
  status: Of | undefined,
  now: number,
): Of | undefined => (status !== undefined && (status.until ?? Infinity) > now ? status : undefined)

/** The address of a room's picture, which never changes its content. */
export const picturePath = (room: string, hash: string): string => `/api/rooms/${room}/picture?v=${hash}`

/** The address of somebody's image, which never changes its content. */
export const avatarPath = (id: string, hash: string): string => `/api/people/${id}/avatar?v=${hash}`
