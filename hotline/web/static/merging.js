// What two people wrote on top of the same version, brought together: a field that one of them left
// alone is the other's, and so is a paragraph. Where both changed the same, both are shown. Pure.

/** @typedef {string | number | boolean | null | string[]} Value what a field holds; a list where several may be chosen */
/** @typedef {Record<string, Value>} Values */
/** @typedef {{ start: number, end: number, lines: string[] }} Hunk lines of the base, and what stands there instead */
/** @typedef {string[] | { mine: string[], theirs: string[] }} Piece settled lines, or two ways to say it */
/** @typedef {{ name: string, mine: Value, theirs: Value, pieces: Piece[] | null }} Clash `pieces`: of a text */
/** @typedef {{ values: Values, clashes: Clash[] }} Merged `values`: with what is mine where it clashes */
/** @typedef {"mine" | "theirs" | "both"} Choice */

const MOST_CELLS = 4_000_000; // of the comparison: a longer text is one paragraph to us

/**
 * Nothing chosen is null here and an empty word there.
 * @param {Value | undefined} one
 * @param {Value | undefined} other
 */
function isSame(one, other) {
  return JSON.stringify(one === "" ? null : (one ?? null)) === JSON.stringify(other === "" ? null : (other ?? null));
}

/**
 * Whether all that `one` says is said by the other too.
 * @param {Values} one
 * @param {Values} other
 */
export function saysTheSame(one, other) {
  return Object.keys(one).every((name) => isSame(one[name], other[name]));
}

/**
 * For each line of `one` and `other`, the longest run of equal lines that begins there or later.
 * @param {readonly string[]} one
 * @param {readonly string[]} other
 */
function runs(one, other) {
  const width = other.length + 1;
  const table = new Uint32Array((one.length + 1) * width);
  const at = (/** @type {number} */ i, /** @type {number} */ j) => table[i * width + j] ?? 0;
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      table[i * width + j] = one[i] === other[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  return at;
}

/**
 * What was changed on the way from one text to another.
 * @param {readonly string[]} base
 * @param {readonly string[]} changed
 * @returns {Hunk[]}
 */
function hunksOf(base, changed) {
  const hunks = /** @type {Hunk[]} */ ([]);
  let [start, from] = [0, 0];
  for (const [i, j] of anchorsOf(base, changed)) {
    if (i > start || j > from) hunks.push({ start, end: i, lines: changed.slice(from, j) });
    [start, from] = [i + 1, j + 1];
  }
  return hunks;
}

/**
 * Places of lines that stayed; the last stands for the end of both.
 * @param {readonly string[]} base
 * @param {readonly string[]} changed
 */
function anchorsOf(base, changed) {
  const anchors = /** @type {[number, number][]} */ ([]);
  const isTooLong = base.length * changed.length > MOST_CELLS;
  const at = isTooLong ? () => 0 : runs(base, changed);
  let [i, j] = isTooLong ? [base.length, changed.length] : [0, 0];
  while (i < base.length && j < changed.length) {
    if (base[i] === changed[j]) anchors.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return [...anchors, /** @type {[number, number]} */ ([base.length, changed.length])];
}

/**
 * Whether two stretches of the base have a line in common, or add something at one point.
 * @param {{ start: number, end: number }} one
 * @param {{ start: number, end: number }} other
 */
function overlap(one, other) {
  const isOnePoint = one.start === other.end && other.start === one.end;
  return isOnePoint || (one.start < other.end && other.start < one.end);
}

/**
 * What stands in a stretch of the base once these changes are made.
 * @param {readonly string[]} base
 * @param {{ start: number, end: number }} stretch
 * @param {readonly Hunk[]} hunks
 */
function changedIn(base, { start, end }, hunks) {
  const lines = /** @type {string[]} */ ([]);
  let place = start;
  for (const hunk of hunks) {
    lines.push(...base.slice(place, hunk.start), ...hunk.lines);
    place = hunk.end;
  }
  return [...lines, ...base.slice(place, end)];
}

/**
 * Changes of both that reach into one another, together: `mine` and `theirs` of one stretch.
 * @param {readonly Hunk[]} mine
 * @param {readonly Hunk[]} theirs
 */
function stretchesOf(mine, theirs) {
  const all = [
    ...mine.map((hunk) => ({ hunk, isMine: true })),
    ...theirs.map((hunk) => ({ hunk, isMine: false })),
  ].sort((one, other) => one.hunk.start - other.hunk.start || one.hunk.end - other.hunk.end);
  const stretches = /** @type {{ start: number, end: number, mine: Hunk[], theirs: Hunk[] }[]} */ ([]);
  for (const { hunk, isMine } of all) {
    let last = stretches.at(-1);
    if (!last || !overlap(last, hunk)) {
      last = { start: hunk.start, end: hunk.end, mine: [], theirs: [] };
      stretches.push(last);
    }
    last.end = Math.max(last.end, hunk.end);
    (isMine ? last.mine : last.theirs).push(hunk);
  }
  return stretches;
}

/**
 * One way to say it where one of them wrote all that the other did, or changed nothing.
 * @param {readonly string[]} base
 * @param {ReturnType<typeof stretchesOf>[number]} stretch
 * @returns {Piece}
 */
function pieceOf(base, stretch) {
  const [mine, theirs] = [changedIn(base, stretch, stretch.mine), changedIn(base, stretch, stretch.theirs)];
  const [said, saidThere] = [mine.join("\n"), theirs.join("\n")];
  if (stretch.theirs.length === 0 || (saidThere && said.startsWith(saidThere))) return mine;
  if (stretch.mine.length === 0 || (said && saidThere.startsWith(said))) return theirs;
  return said === saidThere ? mine : { mine, theirs };
}

/**
 * Two versions of a text on top of the same one, piece by piece.
 * @param {string} base
 * @param {string} mine
 * @param {string} theirs
 * @returns {Piece[]}
 */
export function mergeTexts(base, mine, theirs) {
  const lines = base.split("\n");
  const pieces = /** @type {Piece[]} */ ([]);
  let place = 0;
  for (const stretch of stretchesOf(hunksOf(lines, mine.split("\n")), hunksOf(lines, theirs.split("\n")))) {
    pieces.push(lines.slice(place, stretch.start), pieceOf(lines, stretch));
    place = stretch.end;
  }
  return [...pieces, lines.slice(place)];
}

/**
 * @param {readonly Piece[]} pieces
 * @param {Choice} choice for where they clash
 */
export function textOf(pieces, choice) {
  const lines = pieces.flatMap((piece) => {
    if (Array.isArray(piece)) return piece;
    return choice === "both" ? [...piece.mine, ...piece.theirs] : piece[choice];
  });
  return lines.join("\n");
}

/**
 * What a clash comes to.
 * @param {Clash} clash
 * @param {Choice} choice
 */
export function chosen({ mine, theirs, pieces }, choice) {
  if (pieces) return textOf(pieces, choice);
  return choice === "theirs" ? theirs : mine;
}

/**
 * @typedef {object} Rules of a form
 * @property {(name: string) => boolean} isText whether paragraphs of it can be brought together
 * @property {(name: string, mine: Value, theirs: Value) => Value | undefined} settle what needs no person
 */

/**
 * What needs no look: one of them left it alone, or both say the same.
 * @param {Value | undefined} base
 * @param {Value} mine
 * @param {Value | undefined} theirs
 * @returns {{ value: Value } | null}
 */
function plainly(base, mine, theirs) {
  if (theirs === undefined || isSame(theirs, base) || isSame(mine, theirs)) return { value: mine };
  return isSame(mine, base) ? { value: theirs } : null;
}

/**
 * @param {string} name
 * @param {readonly [base: Value, mine: Value, theirs: Value]} texts
 * @returns {Clash | { value: Value }}
 */
function mergeText(name, [base, mine, theirs]) {
  const pieces = mergeTexts(String(base ?? ""), String(mine ?? ""), String(theirs ?? ""));
  return pieces.every(Array.isArray) ? { value: textOf(pieces, "both") } : { name, mine, theirs, pieces };
}

/**
 * One field: its value, or how it clashes.
 * @param {string} name
 * @param {{ base: Values, mine: Values, theirs: Values }} versions
 * @param {Rules} rules
 * @returns {Clash | { value: Value }}
 */
function mergeField(name, versions, { isText, settle }) {
  const [base = null, mine = null, theirs = null] = [versions.base[name], versions.mine[name], versions.theirs[name]];
  const plain = plainly(base, mine, versions.theirs[name]);
  if (plain) return plain;
  const value = settle(name, mine, theirs);
  if (value !== undefined) return { value };
  return isText(name) ? mergeText(name, [base, mine, theirs]) : { name, mine, theirs, pieces: null };
}

/**
 * The fields of a form. What only the other side knows is left to it.
 * @param {{ base: Values, mine: Values, theirs: Values }} versions
 * @param {Rules} rules
 * @returns {Merged}
 */
export function mergeValues(versions, rules) {
  const [values, clashes] = [/** @type {Values} */ ({ ...versions.mine }), /** @type {Clash[]} */ ([])];
  for (const name of Object.keys(versions.mine)) {
    const found = mergeField(name, versions, rules);
    if ("value" in found) values[name] = found.value;
    else clashes.push(found);
  }
  return { values, clashes };
}
