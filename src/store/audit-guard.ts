import { constants, type DatabaseSync } from 'node:sqlite';

const TABLE = 'audit';

/**
 * What would change what is in the table, take it or its triggers away, or put something between; with the argument
 * that names the table (sqlite.org/c3ref/c_alter_table.html). Of a temporary table or view: its own name, under
 * which it would hide the real one.
 */
const DENIED: ReadonlyMap<number, 'first' | 'second'> = new Map([
  [constants.SQLITE_UPDATE, 'first'],
  [constants.SQLITE_DELETE, 'first'],
  [constants.SQLITE_DROP_TABLE, 'first'],
  [constants.SQLITE_ALTER_TABLE, 'second'],
  [constants.SQLITE_DROP_TRIGGER, 'second'],
  [constants.SQLITE_DROP_INDEX, 'second'],
  [constants.SQLITE_CREATE_TRIGGER, 'second'],
  [constants.SQLITE_CREATE_TEMP_TRIGGER, 'second'],
  [constants.SQLITE_CREATE_TEMP_TABLE, 'first'],
  [constants.SQLITE_CREATE_TEMP_VIEW, 'first'],
]);

/**
 * From now on this connection can read the audit and append to it, and nothing else: SQLite refuses to prepare any
 * other statement about it ("not authorized"). To be called once the migrations are through.
 */
export function guardAudit(sqlite: DatabaseSync): void {
  sqlite.setAuthorizer((what, first, second) => {
    const names = DENIED.get(what);
    if (names === undefined) return constants.SQLITE_OK;
    return (names === 'first' ? first : second) === TABLE ? constants.SQLITE_DENY : constants.SQLITE_OK;
  });
}
