import { customType } from 'drizzle-orm/sqlite-core';

/** JSON, or null: a text of mode json would store the text `null`. */
export const nullableJson = <T extends object>(name: string) =>
  customType<{ data: T; driverData: string | null }>({
    dataType: () => 'text',
    toDriver: (value: T | null) => value && JSON.stringify(value),
    fromDriver: (stored) => JSON.parse(stored!) as T,
  })(name);
