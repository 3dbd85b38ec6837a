import type Database from 'better-sqlite3';

/**
 * `login_seen` is 1 once a login was registered; until then the first one presented is registered.
 */
const TABLES = `
  CREATE TABLE things (
    handle TEXT PRIMARY KEY,
    installation TEXT NOT NULL,
    pool TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    operation_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    type TEXT NOT NULL,
    host TEXT NOT NULL,
    power_state TEXT NOT NULL DEFAULT 'running',
    cleanings INTEGER NOT NULL DEFAULT 0,
    login_seen INTEGER NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL,
    last_operation TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX things_by_pool ON things (installation, pool, handle);
  CREATE INDEX things_by_resource ON things (resource_id, installation);

  CREATE TABLE logins (
    id INTEGER PRIMARY KEY,
    handle TEXT NOT NULL REFERENCES things (handle) ON DELETE CASCADE,
    credential_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('standing', 'access')),
    username TEXT NOT NULL,
    salt TEXT NOT NULL,
    hash TEXT NOT NULL
  );
  CREATE INDEX logins_by_name ON logins (handle, username);

  CREATE TABLE faults (
    pool TEXT NOT NULL,
    call TEXT NOT NULL,
    remaining INTEGER NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('resource', 'backend')),
    answer_lost INTEGER NOT NULL,
    PRIMARY KEY (pool, call)
  ) WITHOUT ROWID;

  CREATE TABLE conditions (
    pool TEXT PRIMARY KEY,
    down INTEGER NOT NULL DEFAULT 0,
    latency_ms REAL
  ) WITHOUT ROWID;`;

/** The latest attempt of `last_operation`. */
const LAST_ATTEMPT = 'ALTER TABLE things ADD COLUMN last_attempt INTEGER NOT NULL DEFAULT 1;';

/** The logins of a thing, in its row: JSON of `Login[]`, oldest first. */
const LOGINS_IN_ROW = `
  ALTER TABLE things ADD COLUMN logins TEXT NOT NULL DEFAULT '[]';
  UPDATE things SET logins = (
    SELECT json_group_array(json_object(
      'credentialId', credential_id, 'attempt', attempt, 'purpose', purpose,
      'username', username, 'salt', salt, 'hash', hash
    ))
    FROM (SELECT * FROM logins WHERE logins.handle = things.handle ORDER BY id)
  );
  DROP TABLE logins;`;

/** The changes that each version of the file brought. */
const STEPS = [TABLES, LAST_ATTEMPT, LOGINS_IN_ROW];

/**
 * Creates or upgrades the tables of the simulated cloud. Many threads may call it at once.
 */
export function makeTables(connection: Database.Database): void {
  const version = () => connection.pragma('user_version', { simple: true }) as number;
  if (version() >= STEPS.length) return;
  const make = connection.transaction(() => {
    STEPS.slice(version()).forEach((step) => connection.exec(step));
    connection.pragma(`user_version = ${STEPS.length}`);
  });
  make.immediate();
}
