import { type Expression, type SqlBool, sql } from 'kysely';

/** Whether a text contains another, whatever the case of ASCII letters; marks that LIKE knows are taken as they are. */
export function contains(text: Expression<string | null>, part: string): Expression<SqlBool> {
  const pattern = `%${part.replace(/[\\%_]/g, (mark) => `\\${mark}`)}%`;
  return sql<SqlBool>`${text} like ${pattern} escape '\\'`;
}
