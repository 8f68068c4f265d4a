/** What somebody is called whose account has ended, in everything that stays of it. Nobody else can be called so. */
export const formerMember = 'Former member'
