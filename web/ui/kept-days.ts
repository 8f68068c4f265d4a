/** After how many days old messages are deleted, as forms offer it. */
export const keptDays = [1, 7, 30, 90, 365] as const
