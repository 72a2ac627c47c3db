/** Statements that are prepared on a connection at most. Most of Chiffon's are a few dozen texts, again and again. */
const most = 300;

/**
 * Gives each text of a statement a name, so that PostgreSQL reads and plans it once a connection and not each time it is
 * used. Texts beyond the first few hundred, such as lists of ever other lengths, get none and are read each time.
 */
export function statementNames(): (statement: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= most) return '';
    const name = `chiffon ${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}
