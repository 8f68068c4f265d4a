// The limits of names and passwords, which the sign-in page needs before anything else is loaded; read them in `limits`
// everywhere else.
export const nameLimits = {
  /** Characters (code points) of a person's or a room's name. */
  nameChars: 32,
  roomNameChars: 64,
  topicChars: 250,
  /** Eight is the minimum of NIST SP 800-63B; the maximum stops hashing from being a denial of service. */
  passwordChars: { min: 8, max: 256 },
} as const
