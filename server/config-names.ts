// The names of all settings, so that one that is misspelt is not passed over. test/unit/config-names.test.ts finds what is missing here.

export const settingNames = [
  'HOST',
  'PORT',
  'METRICS_PORT',
  'METRICS_TOKEN',
  'DATA_DIR',
  'REDIS_URL',
  'REDIS_REPLICAS',
  'MYSQL_URL',
  'SYNC_CRON',
  'LOG_SHARDS',
  'PACING',
  'SIGN_UP_LIMIT',
  'SIGN_IN_LIMIT',
  'TRUSTED_NETS',
  'BOTS',
  'ALLOW_UNSAFE_STORES',
  'WEBHOOK_PRIVATE',
  'LINK_CARDS_PRIVATE',
  'TRUST_PROXY',
  'LOG_LEVEL',
  'LOG_FORMAT',
  'PUBLIC_URL',
  'BROOK_DOMAIN',
  'ALLOWED_HOSTS',
  'DRAIN_SECONDS',
  'OIDC_ISSUER',
  'OIDC_CLIENT_ID',
  'OIDC_CLIENT_SECRET',
  'OIDC_NAME',
  'OIDC_SIGN_UP',
  'OIDC_ADMIN_GROUP',
  'SMTP_URL',
  'LDAP_URL',
  'LDAP_BASE',
  'LDAP_START_TLS',
  'LDAP_CA',
  'LDAP_BIND_DN',
  'LDAP_BIND_PASSWORD',
  'LDAP_FILTER',
  'LDAP_ID',
  'LDAP_NAMES',
  'LDAP_NAME',
  'LDAP_SIGN_UP',
  'LDAP_ADMIN_GROUP',
  'S3_URL',
  'FILES_IN',
  'BACKUP_TO',
  'BACKUP_CRON',
  'BACKUP_PASSPHRASE',
  'BACKUP_PASSPHRASE_FILE',
  'STORES_PATH',
  'IMPORT_TOKEN',
] as const

/** Settings that only Brook has: whatever begins like one of them was meant for it. */
const ownBeginnings =
  /^(OIDC|LDAP|BACKUP|SMTP|METRICS|LOG|SIGN_UP|SIGN_IN|LINK_CARDS|WEBHOOK|MYSQL|REDIS|S3|SYNC|TRUST|TRUSTED|ALLOW|ALLOWED|DRAIN|BROOK)_/

export interface Misspelt {
  name: string
  /** The setting that it is nearly called; undefined: it only begins like one. */
  meant: string | undefined
}

/** What is set and no setting, though it looks like one. */
export function misspelt(env: Partial<Record<string, string>>): Misspelt[] {
  const known: ReadonlySet<string> = new Set(settingNames)
  return Object.keys(env)
    .filter((name) => !known.has(name) && /^[A-Z][A-Z0-9_]+$/.test(name))
    .flatMap((name) => {
      const meant = settingNames.find((one) => isNear(name, one))
      return meant !== undefined || ownBeginnings.test(name) ? [{ name, meant }] : []
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Of short names, one letter makes another word: PORT and SORT. */
const nearFrom = 6

/** They differ by at most two letters, or only by where an underscore is. */
function isNear(name: string, setting: string): boolean {
  if (name.replaceAll('_', '') === setting.replaceAll('_', '')) return true
  return Math.min(name.length, setting.length) >= nearFrom && distance(name, setting) <= 2
}

/** Letters to put in, take out or change. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1)
      row.push(
        Math.min(
          (above[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      )
    above = row
  }
  return above[b.length] ?? 0
}
