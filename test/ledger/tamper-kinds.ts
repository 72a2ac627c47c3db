/** Where something is done to the record, and what is known about the record. */
export interface Spot {
  readonly stream: string;
  readonly seq: number;
  /** How many events the stream has. */
  readonly length: number;
}

/** One way to tamper: what is run, by somebody with every right, and where it has to show. */
export interface TamperKind {
  readonly name: string;
  /** Whether it can be done there: there may be nothing to swap with at the end. */
  readonly possible?: (spot: Spot) => boolean;
  readonly statements: (spot: Spot) => string;
  /** The number in the stream that must be named; null where any of the record's streams may be. */
  readonly shows: (spot: Spot) => number | null;
}

const at = ({ stream }: Spot, seq: number): string => `WHERE stream = '${stream}' AND seq = ${seq}`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Everything a stream needs to look right again from an event on, as somebody would do it who knows how. */
const mend = ({ stream }: Spot, from: number): string => `DO $$ DECLARE e record; before text; BEGIN
  SELECT hash INTO before FROM events WHERE stream = '${stream}' AND seq = ${from - 1};
  before := coalesce(before, repeat('0', 64));
  FOR e IN SELECT id, at, canonical FROM events WHERE stream = '${stream}' AND seq >= ${from} ORDER BY seq LOOP
    UPDATE events SET previous_hash = before, hash = event_hash(before, canonical) WHERE id = e.id AND at = e.at;
    before := event_hash(before, e.canonical);
  END LOOP;
  UPDATE stream_heads h SET seq = newest.seq, hash = newest.hash FROM (
    SELECT seq, hash FROM events WHERE stream = '${stream}' ORDER BY seq DESC LIMIT 1
  ) newest WHERE h.stream = '${stream}';
END $$`;

const edit = (spot: Spot, from: string, to: string): string =>
  `UPDATE events SET canonical = replace(canonical, ${literal(from)}, ${literal(to)}) ${at(spot, spot.seq)}`;

/** Makes room for one more event behind a place. From the end, because a place is taken once. */
const makeRoom = ({ stream }: Spot, behind: number): string => `DO $$ DECLARE e record; BEGIN
  FOR e IN SELECT id, at, seq FROM events WHERE stream = '${stream}' AND seq > ${behind} ORDER BY seq DESC LOOP
    UPDATE events SET canonical = replace(canonical, '"seq":' || e.seq, '"seq":' || e.seq + 1) WHERE id = e.id AND at = e.at;
  END LOOP;
END $$`;

/** Copies an event to the place behind it, with a number of its own. */
const copyBehind = (spot: Spot, change: string): string =>
  `INSERT INTO events (at, canonical, previous_hash, hash)
   SELECT at, replace(replace(${change}, '"seq":' || seq, '"seq":' || seq + 1), '"id":' || id, '"id":' || (SELECT max(id) + 7 FROM events)),
     previous_hash, hash FROM events ${at(spot, spot.seq)}`;

/** The twelve kinds of promises.md. Whoever does them mends what they can, so that only what was kept outside tells. */
export const tamperKinds: readonly TamperKind[] = [
  {
    name: 'edit field',
    statements: (spot) => edit(spot, 'look number', 'lock number'),
    shows: ({ seq }) => seq,
  },
  {
    name: 'edit time',
    statements: (spot) =>
      `UPDATE events SET canonical = replace(canonical, to_char(at AT TIME ZONE 'UTC', 'HH24:MI:SS.MS'),
         to_char(at AT TIME ZONE 'UTC' - interval '1 millisecond', 'HH24:MI:SS.MS')), at = at - interval '1 millisecond'
       ${at(spot, spot.seq)}`,
    shows: ({ seq }) => seq,
  },
  { name: 'edit actor', statements: (spot) => edit(spot, '"anna"', '"mary"'), shows: ({ seq }) => seq },
  {
    name: 'delete middle',
    possible: ({ seq, length }) => seq < length,
    statements: (spot) => `DELETE FROM events ${at(spot, spot.seq)}`,
    shows: ({ seq }) => seq,
  },
  {
    name: 'cut tail',
    statements: (spot) =>
      `DELETE FROM events WHERE stream = '${spot.stream}' AND seq >= ${spot.seq};
       ${spot.seq === 1 ? `DELETE FROM stream_heads WHERE stream = '${spot.stream}'` : mend(spot, spot.seq)}`,
    shows: ({ seq }) => seq,
  },
  {
    name: 'reorder',
    possible: ({ seq, length }) => seq < length,
    statements: (spot) => {
      const { seq } = spot;
      const move = (from: number, to: number): string =>
        `UPDATE events SET canonical = replace(canonical, '"seq":${from},', '"seq":${to},') ${at(spot, from)}`;
      return `${move(seq, 900_000)}; ${move(seq + 1, seq)}; ${move(900_000, seq + 1)}; ${mend(spot, seq)}`;
    },
    shows: ({ seq }) => seq,
  },
  {
    name: 'insert',
    // Behind the last event it would be an event like any other, of which no commit knows yet.
    possible: ({ seq, length }) => seq < length,
    statements: (spot) =>
      `${makeRoom(spot, spot.seq)}; ${copyBehind(spot, `replace(canonical, '"anna"', '"mary"')`)}; ${mend(spot, spot.seq + 1)}`,
    shows: () => null,
  },
  {
    name: 'duplicate',
    possible: ({ seq, length }) => seq < length,
    statements: (spot) =>
      `${makeRoom(spot, spot.seq)}; ${copyBehind(spot, 'canonical')}; ${mend(spot, spot.seq + 1)}`,
    shows: () => null,
  },
  {
    name: 'swap payload with equal length',
    possible: ({ seq, length }) => seq < length,
    statements: (spot) => {
      const { seq } = spot;
      const payload = (number: number): string => `look number ${String(100_000 + number)}`;
      const swap = (on: number, from: number, to: number): string =>
        `UPDATE events SET canonical = replace(canonical, '${payload(from)}', '${payload(to)}') ${at(spot, on)}`;
      return `${swap(seq, seq, seq + 1)}; ${swap(seq + 1, seq + 1, seq)}; ${mend(spot, seq)}`;
    },
    shows: ({ seq }) => seq,
  },
  {
    name: 'rewrite + rehash tail',
    statements: (spot) => `${edit(spot, 'look number', 'lock number')}; ${mend(spot, spot.seq)}`,
    shows: ({ seq }) => seq,
  },
  {
    name: 'disable trigger then edit',
    statements: (spot) =>
      `SET LOCAL session_replication_role = origin; ALTER TABLE events DISABLE TRIGGER ALL;
       ${edit(spot, 'look number', 'lock number')}; ${mend(spot, spot.seq)};
       ALTER TABLE events ENABLE TRIGGER ALL`,
    shows: ({ seq }) => seq,
  },
  {
    name: 'restore an old dump',
    possible: ({ seq }) => seq > 1,
    statements: ({ stream, seq }) => `DO $$ DECLARE last bigint; BEGIN
      SELECT id INTO last FROM events WHERE stream = '${stream}' AND seq = ${seq} - 1;
      DELETE FROM events WHERE id > last;
      DELETE FROM trail_commits WHERE position > last;
      DELETE FROM stream_heads h WHERE NOT EXISTS (SELECT FROM events e WHERE e.stream = h.stream);
      UPDATE stream_heads h SET seq = e.seq, hash = e.hash FROM (
        SELECT DISTINCT ON (stream) stream, seq, hash FROM events ORDER BY stream, seq DESC
      ) e WHERE e.stream = h.stream;
    END $$`,
    shows: () => null,
  },
];
