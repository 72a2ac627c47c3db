const irregular: Readonly<Record<string, { readonly past: string; readonly done: string }>> = {
  set: { past: 'set', done: 'set' },
  shut: { past: 'shut', done: 'shut' },
  put: { past: 'put', done: 'put' },
  run: { past: 'ran', done: 'run' },
  bring: { past: 'brought', done: 'brought' },
  take: { past: 'took', done: 'taken' },
  get: { past: 'got', done: 'gotten' },
  make: { past: 'made', done: 'made' },
  give: { past: 'gave', done: 'given' },
  throw: { past: 'threw', done: 'thrown' },
  tear: { past: 'tore', done: 'torn' },
  spin: { past: 'spun', done: 'spun' },
  stand: { past: 'stood', done: 'stood' },
  wake: { past: 'woke', done: 'woken' },
  do: { past: 'did', done: 'done' },
  go: { past: 'went', done: 'gone' },
  freeze: { past: 'froze', done: 'frozen' },
  keep: { past: 'kept', done: 'kept' },
  rip: { past: 'ripped', done: 'ripped' },
  rerun: { past: 'reran', done: 'rerun' },
  begin: { past: 'began', done: 'begun' },
  quit: { past: 'quit', done: 'quit' },
  read: { past: 'read', done: 'read' },
  build: { past: 'built', done: 'built' },
};
/** Two-syllable verbs that end like stressed ones and yet do not double their last letter. */
const single = /(?:[aeiou][aeiou].|[wxy])$|(?:er|on|en|et|it|al)$/;

/** The -ing form: restarting, stopping, updating. */
export function doing(verb: string): string {
  if (/[^eo]e$/.test(verb)) return `${verb.slice(0, -1)}ing`;
  return `${doubled(verb)}ing`;
}

/** The form after "has been": restarted, stopped, taken. */
export function done(verb: string): string {
  return irregular[verb]?.done ?? regularPast(verb);
}

/** The past: restarted, stopped, took. */
export function past(verb: string): string {
  return irregular[verb]?.past ?? regularPast(verb);
}

function regularPast(verb: string): string {
  if (verb.endsWith('e')) return `${verb}d`;
  if (/[^aeiou]y$/.test(verb)) return `${verb.slice(0, -1)}ied`;
  return `${doubled(verb)}ed`;
}

function doubled(verb: string): string {
  const shortEnd =
    /^[^aeiou]*[aeiou][bdgklmnprt]$/.test(verb) ||
    /(?:set|get|run|stop|put|cut|up|shut|shot|install)$/.test(verb);
  if (!shortEnd || verb.endsWith('install')) return verb;
  if (verb.endsWith('shot')) return `${verb}t`;
  if (
    /(?:[aeiou]{2}[bdgklmnprt])$/.test(verb) ||
    (single.test(verb) && !/^(?:set|get|let|hit|sit|quit)$/.test(verb))
  )
    return verb;
  if (/up$/.test(verb) && verb.length > 3) return verb;
  return verb + (verb.at(-1) as string);
}
